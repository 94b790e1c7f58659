package dev.rowcast.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What {@code curl -N} does at {@code /live}: one request, and the events as they come.
 *
 * <p>Confined to the thread that uses it, except {@link #close}.
 */
public final class EventSource implements AutoCloseable {

  /** One event. Immutable. */
  public record Event(String id, String type, String data) {}

  private final Socket socket;
  private final BufferedReader lines;
  private final String status;

  private EventSource(Socket socket) throws IOException {
    this.socket = socket;
    this.lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    this.status = String.valueOf(lines.readLine());
    for (var line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
      if (!line.contains(":")) {
        throw new IOException("no header: " + line);
      }
    }
  }

  /** Asks; returns when the head of the answer is there. */
  public static EventSource open(URI server, String query, Optional<String> lastEventId)
      throws IOException {
    return over(new Socket(InetAddress.getLoopbackAddress(), server.getPort()), query, lastEventId);
  }

  /** The same over a connection that stands already. */
  public static EventSource over(Socket socket, String query, Optional<String> lastEventId)
      throws IOException {
    socket.setSoTimeout(60_000);
    var request =
        "GET /live?"
            + query
            + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n"
            + lastEventId.map(id -> "Last-Event-ID: " + id + "\r\n").orElse("")
            + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return new EventSource(socket);
  }

  /** The status line. */
  public String status() {
    return status;
  }

  /** The next event; empty when the connection has ended. */
  public Optional<Event> next() {
    var id = "";
    var type = "";
    var data = new StringBuilder();
    try {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && type.isEmpty()) {
          // It ends nothing but a comment.
          continue;
        }
        if (line.isEmpty()) {
          return Optional.of(new Event(id, type, data.toString()));
        }
        if (line.startsWith(":") || !line.contains(": ")) {
          // A comment, or the start of a line after which the connection was cut.
          continue;
        }
        var colon = line.indexOf(": ");
        switch (line.substring(0, colon)) {
          case "id" -> id = line.substring(colon + 2);
          case "event" -> type = line.substring(colon + 2);
          case "data" -> data.append(line.substring(colon + 2));
          default -> throw new IllegalStateException(line);
        }
      }
    } catch (IOException ended) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
