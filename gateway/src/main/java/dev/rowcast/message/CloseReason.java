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
  /** What the client says at {@code /live} is no message of the protocol. */
  MALFORMED(4400, Duty.STOP, "malformed"),
  /** What the client shows, a token, is not accepted. */
  UNRECOGNISED(4401, Duty.RENEW, "not recognised"),
  /** An operator or the application ended this user's connections, or refused this one. */
  REVOKED(4403, Duty.STOP, "revoked"),
  /** The client offers subprotocols for {@code /live}, and this server speaks none of them. */
  UNKNOWN_PROTOCOL(4406, Duty.STOP, "unknown protocol version"),
  /** The client's token, or its login, is over. */
  TOKEN_EXPIRED(4501, Duty.RENEW, "token expired"),
  /** What the client is subscribed to is another thing by now: settings, rights or tables. */
  RECONFIGURED(4502, Duty.RESUBSCRIBE, "configuration changed"),
  /** The client reads more slowly than it is written to, past {@code websocket.outbox}. */
  SLOW(4600, Duty.RETRY, "too slow"),
  /** The client says more at {@code /live} than it may in this time. */
  TOO_FAST(4602, Duty.RETRY, "too many messages"),
  /** The application's database, or the application, cannot be asked who the client is. */
  UNAVAILABLE(4603, Duty.RETRY, "cannot be answered now"),
  /** The connection died without a word: end of stream, reset or time-out; nothing is sent. */
  LOST(1006, Duty.NONE, "");

  /** What a client owes after this end. */
  public enum Duty {
    NONE("nothing"),
    /** Come back, and go on from its positions. */
    RETRY("come back and resume"),
    /** Come back and ask anew for everything. */
    RESUBSCRIBE("come back and subscribe anew"),
    /** Get a new token, then come back; when that is not accepted either, stop. */
    RENEW("come back with a new token, once"),
    STOP("stop");

    private final String words;

    Duty(String words) {
      this.words = words;
    }

    /** The same for people; docs/PROTOCOL.md is held against it. */
    public String words() {
      return words;
    }

    /** Whether the client is to come back. */
    public boolean isReturn() {
      return this == RETRY || this == RESUBSCRIBE || this == RENEW;
    }
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
