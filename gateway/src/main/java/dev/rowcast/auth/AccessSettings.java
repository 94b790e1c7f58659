package dev.rowcast.auth;

import java.util.List;

/**
 * Which facilities grant what: {@code access}. The first matching rule decides; a facility that no
 * rule matches grants {@code subscribe-broadcast} to anyone and publishing to nobody.
 *
 * <p>Immutable.
 */
public record AccessSettings(List<FacilityRule> facilities) {
  /** No rule of the operator's. */
  public static final AccessSettings DEFAULTS = new AccessSettings(List.of());

  /** Copies the rules. */
  public AccessSettings {
    facilities = List.copyOf(facilities);
  }
}
