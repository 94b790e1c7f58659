package dev.rowcast.auth;

import java.util.ArrayList;
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

  /** What differs in {@code later}, a sentence a rule; empty: nothing. */
  public List<String> differences(AccessSettings later) {
    var differences = new ArrayList<String>();
    for (var rule : facilities) {
      if (!later.facilities().contains(rule)) {
        differences.add("gone: " + rule.sentence());
      }
    }
    for (int i = 0; i < later.facilities().size(); i++) {
      var rule = later.facilities().get(i);
      if (!facilities.contains(rule)) {
        differences.add("new, as entry " + (i + 1) + ": " + rule.sentence());
      }
    }
    if (differences.isEmpty() && !equals(later)) {
      differences.add("the order of the entries changed; the first that matches decides");
    }
    return differences;
  }
}
