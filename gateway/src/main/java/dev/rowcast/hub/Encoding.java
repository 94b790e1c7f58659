package dev.rowcast.hub;

/** How a connection gets its messages. */
public enum Encoding {
  PLAIN,
  /** With permessage-deflate where that makes a message shorter. */
  DEFLATED,
  /** As a message of {@code /live}, which names its facility. */
  LIVE
}
