package dev.rowcast.auth.jwt;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What a token is worth.
 *
 * <p>Immutable.
 */
public sealed interface Verdict {

  /**
   * It is good.
   *
   * @param claims all that are texts, numbers or yes and no, or lists of such; nested ones by their
   *     path with dots
   */
  record Good(String user, List<String> groups, Instant expires, Map<String, List<String>> claims)
      implements Verdict {
    /** Copies the groups and the claims. */
    public Good {
      groups = List.copyOf(groups);
      claims = Map.copyOf(claims);
    }
  }

  /** It is not, for this reason. */
  record Bad(Fault fault) implements Verdict {}

  /** What can be wrong with a token, in the order in which it is looked for. */
  enum Fault {
    MALFORMED("it is not a signed JWT"),
    ALGORITHM("no key of ours works by its algorithm"),
    UNKNOWN_KEY("it names a key that is not ours"),
    SIGNATURE("its signature is not of our key"),
    NO_EXPIRY("it never expires (exp is missing)"),
    EXPIRED("it has expired"),
    NOT_YET_VALID("it is not valid yet"),
    ISSUER("its issuer is another"),
    AUDIENCE("it is for another audience"),
    NO_USER("it names no user");

    private final String sentence;

    Fault(String sentence) {
      this.sentence = sentence;
    }

    /** For a log or a screen. */
    public String sentence() {
      return sentence;
    }
  }
}
