package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Position;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of {@code /live}: Server-Sent Events, and pages of JSON.
 *
 * <p>Functions without state.
 */
public final class LiveText {
  private LiveText() {}

  /** An event of the feed. */
  public static byte[] event(Position position, String type, byte[] json) {
    var head = ("id: " + position + "\nevent: " + type + "\ndata: ").getBytes(UTF_8);
    var all = new byte[head.length + json.length + 2];
    System.arraycopy(head, 0, all, 0, head.length);
    for (int i = 0; i < json.length; i++) {
      // A line end can only stand between the pieces of JSON, where a blank does as well.
      var b = json[i];
      all[head.length + i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
    }
    all[all.length - 2] = '\n';
    all[all.length - 1] = '\n';
    return all;
  }

  /** Everything up to here has been sent, though nothing may have matched. */
  public static byte[] position(Position position) {
    return event(
        position,
        "position",
        ("{\"type\":\"position\",\"position\":\"" + position + "\"}").getBytes(UTF_8));
  }

  /** A transaction is complete whose last event was sent before that was known. */
  public static byte[] commit(Position position) {
    return ("{\"type\":\"commit\",\"position\":\"" + position + "\"}").getBytes(UTF_8);
  }

  /** Something was missed: to be loaded anew, then gone on with from here. */
  public static byte[] reset(Position position, String reason) {
    var json =
        "{\"type\":\"reset\",\"reason\":\"" + reason + "\",\"position\":\"" + position + "\"}";
    return event(position, "reset", json.getBytes(UTF_8));
  }

  /**
   * A page.
   *
   * @param reset why something was missed, before the events
   * @param more whether there is more to fetch at once
   */
  public static byte[] page(
      List<byte[]> events, Position position, Optional<String> reset, boolean more) {
    var page = new ByteArrayOutputStream(256);
    page.writeBytes("{".getBytes(UTF_8));
    reset.ifPresent(reason -> page.writeBytes(("\"reset\":\"" + reason + "\",").getBytes(UTF_8)));
    page.writeBytes("\"events\":[".getBytes(UTF_8));
    var isFirst = true;
    for (var event : events) {
      page.writeBytes((isFirst ? "\n" : ",\n").getBytes(UTF_8));
      page.writeBytes(event);
      isFirst = false;
    }
    page.writeBytes(
        ("],\"position\":\"" + position + "\",\"more\":" + more + "}\n").getBytes(UTF_8));
    return page.toByteArray();
  }
}
