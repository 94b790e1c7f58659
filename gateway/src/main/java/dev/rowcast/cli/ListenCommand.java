package dev.rowcast.cli;

import dev.rowcast.base.Ticker;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowcast listen}. */
@Command(
    name = "listen",
    description = "Connects as a browser does and prints each message on a line.",
    footer = {
      "",
      "Example: rowcast listen 'ws://localhost:8000/ws/rodan?subscribe-broadcast' --count 3"
    })
final class ListenCommand implements Runnable {

  /** What the connection tells the command. */
  private sealed interface Event {
    record Message(String kind, String text) implements Event {}

    record Closed(int code, String reason) implements Event {}

    record Failed(String why) implements Event {}
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "URL", description = "ws://HOST:PORT/ws/FACILITY?subscribe-broadcast")
  private @Nullable URI url;

  @Option(names = "--json", description = "Prints each message as a JSON object with its kind.")
  private boolean json;

  @Option(names = "--count", paramLabel = "N", description = "Ends after N messages.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      description = "Ends after S seconds; with 1 when --count was given and is not reached.")
  private long timeout = Integer.MAX_VALUE;

  @Option(
      names = "--heartbeat",
      paramLabel = "TEXT",
      description = "Does not print messages that are this text; --heartbeat-- by default.")
  private String heartbeat = "--heartbeat--";

  @Override
  public void run() {
    var target = url;
    if (target == null || !(target.toString().startsWith("ws://") || isTls(target))) {
      throw new CommandException(
          "'"
              + target
              + "' is not a WebSocket's URL; write for example"
              + " ws://localhost:8000/ws/rodan?subscribe-broadcast",
          ExitCode.WRONG_USAGE);
    }
    var events = new LinkedBlockingQueue<Event>();
    try (var client = HttpClient.newHttpClient()) {
      connect(client, target, events);
      listen(events);
      client.shutdownNow();
    }
  }

  private static boolean isTls(URI target) {
    return target.toString().startsWith("wss://");
  }

  private static void connect(HttpClient client, URI target, BlockingQueue<Event> events) {
    try {
      client
          .newWebSocketBuilder()
          .connectTimeout(Duration.ofSeconds(10))
          .buildAsync(target, new Listener(events))
          .join();
    } catch (CompletionException e) {
      throw new CommandException("cannot connect to " + target + ": " + reason(e.getCause()));
    }
  }

  private void listen(BlockingQueue<Event> events) {
    PrintWriter out = spec.commandLine().getOut();
    var deadline = Ticker.SYSTEM.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
    var left = count;
    while (left > 0) {
      Event event;
      try {
        event = events.poll(deadline - Ticker.SYSTEM.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        throw new CommandException("interrupted", ExitCode.INTERRUPTED);
      }
      switch (event) {
        case null -> {
          if (count != Long.MAX_VALUE) {
            throw new CommandException(
                "heard " + (count - left) + " of " + count + " messages in " + timeout + " s");
          }
          return;
        }
        case Event.Message(_, var text) when text.equals(heartbeat) -> {}
        case Event.Message message -> {
          out.println(json ? asJson(message) : message.text());
          out.flush();
          left--;
        }
        case Event.Closed(var code, var reason) ->
            throw new CommandException("the server closed the connection: " + code + " " + reason);
        case Event.Failed(var why) -> throw new CommandException("the connection broke: " + why);
      }
    }
  }

  private static String asJson(Event.Message message) {
    var node = JsonMapper.shared().createObjectNode();
    node.put("kind", message.kind());
    node.put("data", message.text());
    return node.toString();
  }

  private static String reason(@Nullable Throwable failure) {
    if (failure instanceof java.net.http.WebSocketHandshakeException refused) {
      return "answered with status " + refused.getResponse().statusCode();
    }
    if (failure instanceof java.net.ConnectException) {
      return "nobody accepts connections there";
    }
    return failure == null ? "unknown" : String.valueOf(failure.getMessage());
  }

  /** Hands whole messages on. Called by the client one event at a time. */
  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<Event> events;
    private final StringBuilder text = new StringBuilder();

    Listener(BlockingQueue<Event> events) {
      this.events = events;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      return end("text", socket, last);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
      text.append(StandardCharsets.UTF_8.decode(part));
      return end("binary", socket, last);
    }

    private @Nullable CompletionStage<?> end(String kind, WebSocket socket, boolean last) {
      if (last) {
        events.add(new Event.Message(kind, text.toString()));
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      events.add(new Event.Closed(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      events.add(new Event.Failed(String.valueOf(failure.getMessage())));
    }
  }
}
