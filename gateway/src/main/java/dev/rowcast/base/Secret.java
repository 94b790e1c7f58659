package dev.rowcast.base;

/**
 * A value that must not reach a log, a metric or a screen: its text form is masked.
 *
 * <p>Immutable.
 */
public record Secret(String reveal) {
  /** What stands in place of every secret. */
  public static final String MASK = "******";

  @Override
  public String toString() {
    return MASK;
  }
}
