package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Audience;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Position;
import dev.rowcast.message.Since;
import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * What a WebSocket at {@code /live} is told: texts of docs/PROTOCOL.md, each as a whole frame.
 *
 * <p>Functions without state.
 */
public final class LiveFrames {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(1000).build())
          .build();

  private static final byte[] END = "}".getBytes(UTF_8);

  private LiveFrames() {}

  /**
   * The first word of a connection.
   *
   * @param session names this connection, for logs and complaints
   * @param expires how long what the client has shown holds; empty: for good
   */
  public static byte[] welcome(
      String session, Duration heartbeat, Optional<Duration> expires, Map<String, Long> limits) {
    var text =
        new StringBuilder("{\"type\":\"welcome\",\"session\":")
            .append(quoted(session))
            .append(",\"server\":\"rowcast/1\",\"heartbeat\":")
            .append(heartbeat.toSeconds());
    expires.ifPresent(left -> text.append(",\"expires_in\":").append(left.toSeconds()));
    var separator = ",\"limits\":{";
    for (var limit : new TreeMap<>(limits).entrySet()) {
      text.append(separator).append(quoted(limit.getKey())).append(':').append(limit.getValue());
      separator = ",";
    }
    return frame(text.append(limits.isEmpty() ? "}" : "}}"));
  }

  /**
   * A table is subscribed.
   *
   * @param types of the columns that are shown, in the table's order
   * @param position from where on; null: not known before the rows are told
   */
  public static byte[] subscribed(
      String id,
      String shape,
      List<String> key,
      Map<String, String> types,
      @Nullable Since position,
      boolean resumed) {
    var text =
        new StringBuilder("{\"type\":\"subscribed\",\"id\":")
            .append(quoted(id))
            .append(",\"sub\":")
            .append(quoted(shape))
            .append(",\"key\":[");
    var separator = "";
    for (var column : key) {
      text.append(separator).append(quoted(column));
      separator = ",";
    }
    text.append("],\"columns\":{");
    separator = "";
    for (var column : types.entrySet()) {
      text.append(separator).append(quoted(column.getKey()));
      text.append(':').append(quoted(column.getValue()));
      separator = ",";
    }
    text.append('}');
    if (position != null) {
      text.append(",\"position\":\"").append(position).append('"');
    }
    return frame(text.append(",\"resumed\":").append(resumed).append('}'));
  }

  /** A facility is subscribed. */
  public static byte[] subscribed(String id, String facility, Audience audience) {
    return frame(
        new StringBuilder("{\"type\":\"subscribed\",\"id\":")
            .append(quoted(id))
            .append(",\"facility\":")
            .append(quoted(facility))
            .append(",\"audience\":\"")
            .append(audience.word())
            .append("\"}"));
  }

  /** A change, for all who are up to date with this shape. */
  public static byte[] event(String shape, byte[] event) {
    return event(new StringBuilder("{\"sub\":").append(quoted(shape)), event);
  }

  /** A change, for one request that is catching up. */
  public static byte[] event(String id, String shape, byte[] event) {
    return event(ofRequest(id, shape), event);
  }

  private static byte[] event(StringBuilder head, byte[] event) {
    return frame(head.append(",\"event\":").toString().getBytes(UTF_8), event, END);
  }

  /** A frame whose text has a large part that was made before. */
  private static byte[] frame(byte[] head, byte[] large, byte[] tail) {
    var length = head.length + large.length + tail.length;
    var frame = new byte[Frames.headerSize(length) + length];
    var at = Frames.putHeader(frame, Frames.TEXT, length);
    at = put(frame, at, head);
    at = put(frame, at, large);
    put(frame, at, tail);
    return frame;
  }

  private static int put(byte[] target, int at, byte[] piece) {
    System.arraycopy(piece, 0, target, at, piece.length);
    return at + piece.length;
  }

  /** A transaction is complete, for all who are up to date with this shape. */
  public static byte[] commit(String shape, Position position) {
    return at(new StringBuilder("{\"sub\":").append(quoted(shape)), "commit", position);
  }

  /** A transaction is complete, for one request that is catching up. */
  public static byte[] commit(String id, String shape, Since position) {
    return at(ofRequest(id, shape), "commit", position);
  }

  /** From here on the request is up to date and hears its shape's events. */
  public static byte[] live(String id, String shape, Since position) {
    return at(ofRequest(id, shape), "live", position);
  }

  /** Something was missed by all who are up to date with this shape. */
  public static byte[] reset(String shape, String reason, Position position) {
    return reset(new StringBuilder("{\"sub\":").append(quoted(shape)), reason, position);
  }

  /** Something was missed by one request. */
  public static byte[] reset(String id, String shape, String reason, Since position) {
    return reset(ofRequest(id, shape), reason, position);
  }

  private static byte[] reset(StringBuilder text, String reason, Object position) {
    return frame(
        text.append(",\"type\":\"reset\",\"reason\":")
            .append(quoted(reason))
            .append(",\"position\":\"")
            .append(position)
            .append("\"}"));
  }

  /** Rows of a snapshot, as a JSON array. */
  public static byte[] rows(String id, String shape, byte[] rows, int chunk) {
    var head = ofRequest(id, shape).append(",\"rows\":").toString();
    return frame(head.getBytes(UTF_8), rows, (",\"chunk\":" + chunk + "}").getBytes(UTF_8));
  }

  /** Everything up to here has been sent on this connection, though nothing may have matched. */
  public static byte[] position(Position position) {
    return frame(
        new StringBuilder("{\"type\":\"position\",\"position\":\"").append(position).append("\"}"));
  }

  /** The line is alive, and there is no position to speak of. */
  public static byte[] heartbeat() {
    return frame(new StringBuilder("{\"type\":\"heartbeat\"}"));
  }

  /** Everything up to the position that was asked about has been sent. */
  public static byte[] synced(String id, Position position) {
    return frame(
        new StringBuilder("{\"type\":\"synced\",\"id\":")
            .append(quoted(id))
            .append(",\"position\":\"")
            .append(position)
            .append("\"}"));
  }

  /**
   * What was ordered is done.
   *
   * @param seconds for how long what the client has shown holds from now on
   */
  public static byte[] ok(Optional<String> id, OptionalLong seconds) {
    var text = named("ok", id);
    seconds.ifPresent(left -> text.append(",\"expires_in\":").append(left));
    return frame(text.append('}'));
  }

  /** A wish is refused. */
  public static byte[] error(Optional<String> id, ErrorCode code, String why) {
    return frame(
        named("error", id)
            .append(",\"code\":")
            .append(code.number())
            .append(",\"message\":")
            .append(quoted(why))
            .append('}'));
  }

  /** What the client has shown is over soon. */
  public static byte[] expiring(Duration left) {
    return frame(
        new StringBuilder("{\"type\":\"expiring\",\"in\":").append(left.toSeconds()).append('}'));
  }

  /** The answer to a ping. */
  public static byte[] pong(Optional<String> id) {
    return frame(named("pong", id).append('}'));
  }

  /**
   * A message of a facility, without the frame: {@code data} when it is JSON, {@code text} when it
   * is not, {@code base64} when it is not even text.
   */
  public static byte[] message(Topic topic, byte[] payload) {
    var text =
        new StringBuilder("{\"type\":\"message\",\"facility\":")
            .append(quoted(topic.facility()))
            .append(",\"audience\":\"")
            .append(topic.audience().word())
            .append('"');
    if (topic.audience() == Audience.GROUP) {
      text.append(",\"group\":").append(quoted(topic.member()));
    }
    if (isJson(payload)) {
      text.append(",\"data\":").append(new String(payload, UTF_8));
    } else if (Utf8.isValid(payload)) {
      text.append(",\"text\":").append(quoted(new String(payload, UTF_8)));
    } else {
      text.append(",\"base64\":\"").append(Base64.getEncoder().encodeToString(payload)).append('"');
    }
    return text.append('}').toString().getBytes(UTF_8);
  }

  private static boolean isJson(byte[] payload) {
    if (!Utf8.isValid(payload)) {
      return false;
    }
    try (var parser = JSON.createParser(ObjectReadContext.empty(), new String(payload, UTF_8))) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException _) {
      return false;
    }
  }

  private static byte[] at(StringBuilder text, String type, Object position) {
    return frame(
        text.append(",\"type\":\"")
            .append(type)
            .append("\",\"position\":\"")
            .append(position)
            .append("\"}"));
  }

  private static StringBuilder ofRequest(String id, String shape) {
    return new StringBuilder("{\"id\":")
        .append(quoted(id))
        .append(",\"sub\":")
        .append(quoted(shape));
  }

  private static StringBuilder named(String type, Optional<String> id) {
    var text = new StringBuilder("{\"type\":\"").append(type).append('"');
    id.ifPresent(name -> text.append(",\"id\":").append(quoted(name)));
    return text;
  }

  private static byte[] frame(StringBuilder text) {
    return Frames.frame(Frames.TEXT, text.toString().getBytes(UTF_8));
  }

  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
  }
}
