package dev.rowcast.bench;

/** What the clients are told to do next. */
enum Order {
  /** Connect. */
  OPEN,
  /** Say or echo the messages of the warm-up. */
  WARM_UP,
  /** Say or echo the other messages. */
  SPEAK,
  /** Measure the loader's own load from here on. */
  MARK,
  /** The measured part is over. */
  MEASURED,
  /** Close, with a close frame. */
  LEAVE,
  /** Cut every connection. */
  DROP,
  /** Connect again, and again until it succeeds. */
  RETURN
}
