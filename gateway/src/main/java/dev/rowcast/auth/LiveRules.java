package dev.rowcast.auth;

import java.util.List;

/**
 * Decides who may read the changes of a table. The first rule that fits the table decides alone;
 * without one nobody may.
 *
 * <p>Thread-safe.
 */
public final class LiveRules {

  /** What became of a request. */
  public sealed interface Decision {
    /**
     * It may.
     *
     * @param columns beside the key; none for all
     * @param rows a filter with holes, see {@link LiveRule}; empty for all
     */
    record Granted(List<String> columns, String rows) implements Decision {}

    /** No rule exposes such a table. */
    record Unknown() implements Decision {}

    /** Somebody may, but we do not know who this is. */
    record Unrecognised() implements Decision {}

    /** Somebody may, but not this one. */
    record Refused() implements Decision {}
  }

  private volatile List<LiveRule> rules;

  /** These rules, in their order. */
  public LiveRules(List<LiveRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** Decides by these rules from now on; who reads already goes on reading. */
  public void replace(List<LiveRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** What {@code identity} may read of {@code table}. */
  public Decision decide(Identity identity, String table) {
    for (var rule : rules) {
      if (rule.matches(table)) {
        return AccessRules.isFor(rule.require(), identity)
            ? new Decision.Granted(rule.columns(), rule.rows())
            : identity.user().isPresent() ? new Decision.Refused() : new Decision.Unrecognised();
      }
    }
    return new Decision.Unknown();
  }
}
