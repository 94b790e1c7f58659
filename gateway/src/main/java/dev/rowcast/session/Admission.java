package dev.rowcast.session;

import dev.rowcast.auth.Identity;
import dev.rowcast.auth.Recognition;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Topic;
import java.util.List;

/**
 * What became of a client that asked for a facility.
 *
 * <p>Immutable.
 */
public sealed interface Admission {

  /**
   * It may come in.
   *
   * @param who it is, and for how long that holds
   * @param asked when it was asked who it is, by the ticker
   * @param listens topics it hears, in ws4redis's order
   * @param speaks topics its messages go to
   * @param echo whether it hears its own messages
   * @param latest whether a slow client gets the latest message of each topic instead of its end
   */
  record Admitted(
      Recognition.Known who,
      long asked,
      List<Topic> listens,
      List<Topic> speaks,
      boolean echo,
      boolean latest)
      implements Admission {
    /** Copies the topics. */
    public Admitted {
      listens = List.copyOf(listens);
      speaks = List.copyOf(speaks);
    }

    /** Of a client that nobody knows. */
    public static Admitted anonymous(
        List<Topic> listens, List<Topic> speaks, boolean echo, boolean latest) {
      return new Admitted(Recognition.Known.ANONYMOUS, 0, listens, speaks, echo, latest);
    }

    /** Of a client that says later what it wants to hear. */
    static Admitted to(Recognition.Known who, long asked) {
      return new Admitted(who, asked, List.of(), List.of(), true, false);
    }

    /** Who it is. */
    public Identity identity() {
      return who.identity();
    }
  }

  /** It may not: 403. */
  record Forbidden() implements Admission {}

  /** Who it is cannot be learnt now: 503. */
  record Unavailable() implements Admission {}

  /** Its connection opens and ends at once for this reason, which a browser could not see else. */
  record TurnedAway(CloseReason reason) implements Admission {}
}
