package dev.rowcast.message;

/**
 * Every way in which a single wish at {@code /live} is refused while the connection stays: the
 * number of the {@code error}, which HTTP's statuses lend, and what the client can do.
 */
public enum ErrorCode {
  /** The wish cannot be understood, or makes no sense for this table. */
  BAD_REQUEST(400, Duty.CHANGE, "the wish is not understood"),
  /** It is for people who are logged in. */
  UNRECOGNISED(401, Duty.LOGIN, "for people who are logged in"),
  /** It is for others than this client. */
  FORBIDDEN(403, Duty.CHANGE, "not allowed"),
  /** There is nothing of this name. */
  NOT_FOUND(404, Duty.CHANGE, "not exposed, or not subscribed"),
  /** A subscription of this id is there already. */
  CONFLICT(409, Duty.CHANGE, "the id is taken"),
  /** More rows than are kept for one reader. */
  TOO_LARGE(413, Duty.CHANGE, "too many rows"),
  /**
   * More subscriptions, waiting orders or facilities than one connection, or this node, may have.
   */
  TOO_MANY(429, Duty.LATER, "a limit is reached"),
  /** What is behind it is away: the feed, the database, Redis. */
  UNAVAILABLE(503, Duty.LATER, "not there now");

  /** What the client can do. */
  public enum Duty {
    /** Ask for something else; the same will be refused again. */
    CHANGE("ask otherwise"),
    /** Show who it is, then ask again. */
    LOGIN("show a token"),
    /** Ask again later. */
    LATER("ask again later");

    private final String words;

    Duty(String words) {
      this.words = words;
    }

    /** The same for people; docs/PROTOCOL.md is held against it. */
    public String words() {
      return words;
    }
  }

  private final int number;
  private final Duty duty;
  private final String text;

  ErrorCode(int number, Duty duty, String text) {
    this.number = number;
    this.duty = duty;
    this.text = text;
  }

  /** The code of a refusal that has this status over plain HTTP. */
  public static ErrorCode ofStatus(int status) {
    for (var code : values()) {
      if (code.number == status) {
        return code;
      }
    }
    throw new IllegalArgumentException("no error of status " + status);
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** What the client can do. */
  public Duty duty() {
    return duty;
  }

  /** What it means, in general. */
  public String text() {
    return text;
  }
}
