package dev.rowcast.shape;

/**
 * How much a filter may ask for: {@code live.filter}.
 *
 * <p>Immutable.
 *
 * @param maxSize characters of its text
 * @param maxTerms comparisons in it
 * @param maxValues values of one {@code in}
 */
public record FilterSettings(int maxSize, int maxTerms, int maxValues) {
  /** 4,096 characters, 50 comparisons, 200 values. */
  public static final FilterSettings DEFAULTS = new FilterSettings(4096, 50, 200);

  /** Refuses limits that allow nothing, and such that would let one reader occupy a loop. */
  public FilterSettings {
    require("max-size", maxSize, 1 << 16);
    require("max-terms", maxTerms, 1000);
    require("max-values", maxValues, 10_000);
  }

  private static void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "live.filter." + name + " is " + value + ", must be from 1 to " + most);
    }
  }
}
