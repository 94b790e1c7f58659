package dev.rowcast.server;

import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The pages beside the WebSocket door: exact path to handler, by default for GET and HEAD only.
 *
 * <p>Filled before the server starts, only read afterwards. Handlers are called on a virtual thread
 * and may block.
 */
public final class HttpPages {

  /** What a page answers. Immutable; the body belongs to it. */
  public static final class Reply {
    final int status;
    final String contentType;
    final byte[] body;

    /** A reply, for example with the content type {@code text/html; charset=utf-8}. */
    public Reply(int status, String contentType, byte[] body) {
      this.status = status;
      this.contentType = contentType;
      this.body = body;
    }

    /** JSON with a status. */
    public static Reply json(int status, String json) {
      return new Reply(
          status,
          "application/json; charset=utf-8",
          (json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A refusal as the API gives it: {@code {"error": "…"}}. */
    public static Reply problem(int status, String sentence) {
      return json(status, "{\"error\":" + quoted(sentence) + "}");
    }

    /** A text with a status. */
    public static Reply text(int status, String text) {
      return new Reply(
          status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Answers one path. */
  @FunctionalInterface
  public interface Page {
    /** The answer of this moment. */
    Reply get();
  }

  /** Answers one path according to the request and its body. */
  @FunctionalInterface
  public interface Command {
    /** The answer to this request; the body is whole, and JSON by its content type alone. */
    Reply answer(HttpHead request, byte[] body);
  }

  /** Answers one path according to the request's query and headers; a body is never read. */
  @FunctionalInterface
  public interface Resource {
    /** The answer to this request. */
    Reply answer(HttpHead request);
  }

  /**
   * Who answers a path, and to which methods.
   *
   * <p>Immutable.
   *
   * @param forOperators whether the operators' token is asked for, where there is one
   * @param api whether refusals are JSON too
   * @param body whether the request must bring a body
   */
  record Route(
      List<String> methods, Command command, boolean forOperators, boolean api, boolean body) {
    static Route of(Page page) {
      return reading(_ -> page.get());
    }

    static Route reading(Resource resource) {
      return new Route(
          List.of("GET", "HEAD"), (request, _) -> resource.answer(request), false, false, false);
    }
  }

  private final Map<String, Route> everybody = new HashMap<>();
  private final Map<String, Route> operators = new HashMap<>();

  /** Adds a page for everybody, for example {@code /}. */
  public HttpPages page(String path, Page page) {
    everybody.put(path, Route.of(page));
    return this;
  }

  /** Adds what answers GET and HEAD for everybody by looking at the request. */
  public HttpPages resource(String path, Resource resource) {
    everybody.put(path, Route.reading(resource));
    return this;
  }

  /** Adds what answers POST for everybody, as it changes something. */
  public HttpPages action(String path, Resource resource) {
    everybody.put(
        path,
        new Route(List.of("POST"), (request, _) -> resource.answer(request), false, false, false));
    return this;
  }

  /**
   * Adds a page for operators: on {@code admin.listen} when that is set, else beside the others.
   */
  public HttpPages operatorPage(String path, Page page) {
    operators.put(
        path, new Route(List.of("GET", "HEAD"), (_, _) -> page.get(), true, false, false));
    return this;
  }

  /** Adds a question of operators that is answered in JSON. */
  public HttpPages operatorQuestion(String path, Resource resource) {
    operators.put(
        path,
        new Route(
            List.of("GET", "HEAD"), (request, _) -> resource.answer(request), true, true, false));
    return this;
  }

  /** Adds what operators order by POST, with JSON in the body. */
  public HttpPages operatorCommand(String path, Command command) {
    operators.put(path, new Route(List.of("POST"), command, true, true, true));
    return this;
  }

  /**
   * Adds {@code /health/live}, {@code /health/ready} (503 while a part is down, with the parts as
   * JSON) and, for operators, {@code /metrics}.
   */
  public HttpPages standard(Health health, Metrics metrics) {
    page("/health/live", () -> Reply.text(200, "live"));
    page("/health/ready", () -> readiness(health));
    return operatorPage(
        "/metrics",
        () ->
            new Reply(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.scrape().getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Who answers a path.
   *
   * @param withOperators whether what is for operators is here too
   */
  Optional<Route> find(String path, boolean withOperators) {
    var route = everybody.get(path);
    if (route == null && withOperators) {
      route = operators.get(path);
    }
    return Optional.ofNullable(route);
  }

  private static Reply readiness(Health health) {
    var ready = health.isReady();
    var parts =
        health.reports().stream()
            .map(report ->
                "{\"part\":"
                    + quoted(report.part())
                    + ",\"state\":"
                    + quoted(report.state().name().toLowerCase(Locale.ROOT))
                    + ",\"detail\":"
                    + quoted(report.detail())
                    + "}")
            .collect(Collectors.joining(",", "{\"ready\":" + ready + ",\"parts\":[", "]}\n"));
    return new Reply(
        ready ? 200 : 503,
        "application/json; charset=utf-8",
        parts.getBytes(StandardCharsets.UTF_8));
  }

  private static String quoted(String text) {
    var json = new StringBuilder(text.length() + 2).append('"');
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            json.append('\\').append((char) c);
          } else if (c < 0x20) {
            json.append(String.format(Locale.ROOT, "\\u%04x", c));
          } else {
            json.append((char) c);
          }
        });
    return json.append('"').toString();
  }
}
