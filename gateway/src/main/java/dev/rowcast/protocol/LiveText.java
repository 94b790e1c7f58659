package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

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

  /**
   * An event of the feed.
   *
   * @param id what a reader comes back with
   */
  public static byte[] event(Object id, String type, byte[] json) {
    var head = ("id: " + id + "\nevent: " + type + "\ndata: ").getBytes(UTF_8);
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
  public static byte[] position(Object position) {
    return event(
        position,
        "position",
        ("{\"type\":\"position\",\"position\":\"" + position + "\"}").getBytes(UTF_8));
  }

  /** A transaction is complete whose last event was sent before that was known. */
  public static byte[] commit(Object position) {
    return ("{\"type\":\"commit\",\"position\":\"" + position + "\"}").getBytes(UTF_8);
  }

  /** A piece of the rows as they were at one moment. No place belongs to it yet. */
  public static byte[] rows(int number, byte[] rows) {
    var head = "event: rows\ndata: {\"type\":\"rows\",\"chunk\":" + number + ",\"rows\":";
    var out = new ByteArrayOutputStream(head.length() + rows.length + 8);
    out.writeBytes(head.getBytes(UTF_8));
    for (var b : rows) {
      out.write(b == '\n' || b == '\r' ? ' ' : b);
    }
    out.writeBytes("}\n\n".getBytes(UTF_8));
    return out.toByteArray();
  }

  /** The rows are complete; what follows happened after them. */
  public static byte[] live(Object position) {
    return event(
        position,
        "live",
        ("{\"type\":\"live\",\"position\":\"" + position + "\"}").getBytes(UTF_8));
  }

  /** Something was missed: to be loaded anew, then gone on with from here. */
  public static byte[] reset(Object position, String reason) {
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
      List<byte[]> events, Object position, Optional<String> reset, boolean more) {
    return page(List.of(), events, position, reset, more);
  }

  /**
   * A page that begins with rows.
   *
   * @param rows arrays of rows
   */
  public static byte[] page(
      List<byte[]> rows,
      List<byte[]> events,
      Object position,
      Optional<String> reset,
      boolean more) {
    var page = new ByteArrayOutputStream(256);
    page.writeBytes("{".getBytes(UTF_8));
    reset.ifPresent(reason -> page.writeBytes(("\"reset\":\"" + reason + "\",").getBytes(UTF_8)));
    if (!rows.isEmpty()) {
      page.writeBytes("\"rows\":".getBytes(UTF_8));
      for (int i = 0; i < rows.size(); i++) {
        // The brackets between two arrays become a comma.
        var all = rows.get(i);
        page.write(all, i == 0 ? 0 : 1, all.length - (i == 0 ? 0 : 1) - 1);
        page.write(i + 1 < rows.size() ? ',' : ']');
      }
      page.write(',');
    }
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
