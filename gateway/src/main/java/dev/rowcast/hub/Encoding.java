package dev.rowcast.hub;

/** How a connection gets its messages. */
public enum Encoding {
  PLAIN,
  /** With permessage-deflate where that makes a message shorter. */
  DEFLATED
}
