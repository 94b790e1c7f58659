package dev.rowcast.message;

/**
 * Every way in which this server ends a connection: the number on the wire, what the client owes,
 * and the text of the close frame (RFC 6455 section 7.4).
 */
public enum CloseReason {
  /** The client said goodbye; its own code is echoed, an empty close is answered with 1000. */
  NORMAL(1000, Duty.NONE, ""),
  /** The server stops; ws4redis's own code and text. */
  GOING_AWAY(1001, Duty.RETRY, "Websocket Closed"),
  /** A frame that RFC 6455 forbids. */
  PROTOCOL_ERROR(1002, Duty.STOP, "protocol error"),
  /** Text that is not UTF-8. */
  INVALID_UTF8(1007, Duty.STOP, "invalid UTF-8"),
  /** Too many messages, pings or changes of subscription. */
  POLICY_VIOLATION(1008, Duty.STOP, "policy violation"),
  /** A message above {@code websocket.max-message}. */
  MESSAGE_TOO_BIG(1009, Duty.STOP, "message too big"),
  /** A bug of ours; logged with its stack where it happened. */
  INTERNAL_ERROR(1011, Duty.RETRY, "internal error"),
  /** The server restarts. */
  SERVICE_RESTART(1012, Duty.RETRY, "restarting"),
  /** A limit of the server is reached. */
  TRY_AGAIN_LATER(1013, Duty.RETRY, "try again later"),
  /** The client reads more slowly than it is written to, past {@code websocket.outbox}. */
  SLOW(4600, Duty.RETRY, "too slow"),
  /** What the client shows, a token, is not accepted. */
  UNRECOGNISED(4401, Duty.RENEW, "not recognised"),
  /** The client's token, or its login, is over. */
  TOKEN_EXPIRED(4501, Duty.RENEW, "token expired"),
  /** An operator or the application ended this user's connections. */
  REVOKED(4403, Duty.STOP, "revoked"),
  /** The connection died without a word: end of stream, reset or time-out; nothing is sent. */
  LOST(1006, Duty.NONE, "");

  /** What a client owes after this end. */
  public enum Duty {
    NONE,
    RETRY,
    /** Get a new token, then come back; when that is not accepted either, stop. */
    RENEW,
    STOP
  }

  private final int code;
  private final Duty duty;
  private final String text;

  CloseReason(int code, Duty duty, String text) {
    this.code = code;
    this.duty = duty;
    this.text = text;
  }

  /** The close code on the wire. */
  public int code() {
    return code;
  }

  /** What the client owes. */
  public Duty duty() {
    return duty;
  }

  /** The reason on the wire; at most 100 bytes of ASCII. */
  public String text() {
    return text;
  }
}
