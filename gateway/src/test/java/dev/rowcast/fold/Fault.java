package dev.rowcast.fold;

/**
 * Something that goes wrong.
 *
 * <p>Immutable.
 *
 * @param at after how many transactions
 * @param lasts for how many more, where it does not end by itself
 * @param node which of the two gateways, where it is about one
 */
record Fault(Kind kind, int at, int lasts, int node) {

  /** What. */
  enum Kind {
    /** A gateway is killed with kill -9; another one is started in its place at once. */
    NODE_KILLED,
    /** A gateway is stopped in its tracks and woken. */
    NODE_STOPPED,
    /**
     * The same, and the database ends all sessions of all gateways meanwhile: another one leads.
     */
    NODE_DEPOSED,
    /** The database ends all sessions of all gateways. */
    SESSIONS_ENDED,
    /** Redis is killed and comes back with what it has written down. */
    REDIS_KILLED,
    /** Redis is stopped in its tracks and woken. */
    REDIS_STOPPED,
    /** Redis is killed and comes back empty. */
    REDIS_EMPTIED,
    /** Redis is killed and comes back with what it had before the story began. */
    REDIS_REWOUND,
    /** All processes of PostgreSQL are killed, and it is started again. */
    POSTGRES_KILLED,
    /** All processes of PostgreSQL are stopped in their tracks for a moment. */
    POSTGRES_STOPPED;

    /** Whether the log cannot be proven to go on after it, so that clients are told. */
    boolean endsEpoch() {
      return this == REDIS_EMPTIED || this == REDIS_REWOUND;
    }
  }

  @Override
  public String toString() {
    return kind + " at " + at;
  }
}
