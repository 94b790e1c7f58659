package dev.rowcast.server;

import dev.rowcast.base.DataSize;

/**
 * How sockets are driven: {@code transport}.
 *
 * <p>Immutable.
 *
 * @param loops event loops; 0: one for each processor
 * @param backlog connections the kernel may hold that are not accepted yet
 * @param sendBuffer SO_SNDBUF of each connection; 0: the kernel's own tuning
 * @param unsent TCP_NOTSENT_LOWAT of each connection: how much the kernel takes that it cannot send
 *     yet, so that a client that never reads costs little there; 0: unlimited; epoll only
 */
public record TransportSettings(
    Kind kind, int loops, int backlog, DataSize sendBuffer, DataSize unsent) {

  /** Which of the kernel's interfaces is used. */
  public enum Kind {
    /** Epoll where it is, else NIO. */
    AUTO,
    EPOLL,
    NIO,
    /** The newest interface of Linux; no gain was established. */
    IO_URING
  }

  /** Epoll, one loop a processor. */
  public static final TransportSettings DEFAULTS =
      new TransportSettings(Kind.AUTO, 0, 4096, new DataSize(0), DataSize.ofKibibytes(64));

  /** Refuses negative numbers. */
  public TransportSettings {
    if (loops < 0 || loops > 1024) {
      throw new IllegalArgumentException(
          "transport.loops is " + loops + ", must be from 0 to 1024");
    }
    if (backlog < 1) {
      throw new IllegalArgumentException(
          "transport.backlog is " + backlog + ", must be at least 1");
    }
    if (sendBuffer.bytes() > 1 << 30 || unsent.bytes() > 1 << 30) {
      throw new IllegalArgumentException(
          "transport.send-buffer and transport.unsent must be at most 1GiB");
    }
  }
}
