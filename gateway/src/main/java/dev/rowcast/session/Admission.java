package dev.rowcast.session;

import dev.rowcast.auth.Identity;
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
   * @param identity who it is
   * @param listens topics it hears, in ws4redis's order
   * @param speaks topics its messages go to
   * @param echo whether it hears its own messages
   * @param latest whether a slow client gets the latest message of each topic instead of its end
   */
  record Admitted(
      Identity identity, List<Topic> listens, List<Topic> speaks, boolean echo, boolean latest)
      implements Admission {
    /** Copies the topics. */
    public Admitted {
      listens = List.copyOf(listens);
      speaks = List.copyOf(speaks);
    }
  }

  /** It may not: 403. */
  record Forbidden() implements Admission {}
}
