package dev.rowcast.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.hub.Hub;
import dev.rowcast.message.Topic;
import dev.rowcast.protocol.FacilityRequest;
import dev.rowcast.protocol.HttpHead;
import dev.rowcast.server.ConnectionReport;
import dev.rowcast.server.HttpPages;
import dev.rowcast.server.HttpPages.Reply;
import dev.rowcast.server.Server;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API of operators and of the application behind the pages.
 *
 * <p>Thread-safe; answers wait for the bus, hence on virtual threads.
 *
 * <pre>
 * POST /api/publish      {"facility": "lobby", "audience": "user:ann", "data": {…}, "expire": 60}
 * POST /api/disconnect   {"user": "ann"}
 * GET  /api/connections?user=ann&amp;facility=lobby&amp;limit=100
 * </pre>
 *
 * <p>What is wrong with a request is told in one sentence; what failed inside is not.
 */
public final class OperatorApi {
  private static final long PATIENCE_SECONDS = 10;
  private static final int MOST_LISTED = 10_000;
  private static final long LONGEST_EXPIRY = Duration.ofDays(3650).toSeconds();

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final Hub hub;
  private final Server server;
  private final Disconnects disconnects;
  private final Duration keep;

  /**
   * An API over these parts.
   *
   * @param keep how long a publication is kept as its topic's last value, unless it says {@code
   *     expire}
   */
  public OperatorApi(Hub hub, Server server, Disconnects disconnects, Duration keep) {
    this.hub = hub;
    this.server = server;
    this.disconnects = disconnects;
    this.keep = keep;
  }

  /** A mistake of the caller's, as a sentence. */
  private static final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mistake(String sentence) {
      super(sentence, null, false, false);
    }
  }

  /** Adds all of this to what a server answers to operators. */
  public void addTo(HttpPages pages) {
    pages.operatorCommand("/api/publish", (_, body) -> answer(() -> publish(object(body))));
    pages.operatorCommand("/api/disconnect", (_, body) -> answer(() -> disconnect(object(body))));
    pages.operatorQuestion("/api/connections", request -> answer(() -> connections(request)));
  }

  /** Gives an answer or finds the mistake in the question. */
  @FunctionalInterface
  private interface Answer {
    Reply get() throws InterruptedException;
  }

  private static Reply answer(Answer answer) {
    try {
      return answer.get();
    } catch (Mistake mistake) {
      return Reply.problem(400, String.valueOf(mistake.getMessage()));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Reply.problem(503, "the server is stopping");
    }
  }

  private Reply publish(JsonNode order) throws InterruptedException {
    know(order, Set.of("facility", "audience", "data", "text", "expire"));
    var facility = text(order, "facility").orElseThrow(() -> new Mistake("facility is missing"));
    if (facility.length() > FacilityRequest.MAX_FACILITY
        || facility.chars().anyMatch(Character::isISOControl)) {
      throw new Mistake("facility is too long or holds control characters");
    }
    var audience = text(order, "audience").orElse("broadcast");
    if (facility.indexOf(':') >= 0 && !audience.equals("broadcast")) {
      throw new Mistake("a facility with a colon has only its broadcast");
    }
    var published = hub.publish(topic(audience, facility), payload(order), expiry(order));
    return await(published, _ -> Reply.json(200, "{\"ok\":true}"), "the message was not taken");
  }

  private static Topic topic(String audience, String facility) {
    try {
      return Topic.of(audience, facility);
    } catch (IllegalArgumentException e) {
      throw new Mistake(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] payload(JsonNode order) {
    if (order.has("data") == order.has("text")) {
      throw new Mistake("one of data (JSON) and text (as it is) must be there");
    }
    var bytes =
        order.has("data")
            ? JSON.writeValueAsBytes(order.get("data"))
            : text(order, "text").orElse("").getBytes(UTF_8);
    if (bytes.length == 0) {
      throw new Mistake("an empty text is not published");
    }
    return bytes;
  }

  private Duration expiry(JsonNode order) {
    var expire = order.get("expire");
    if (expire == null) {
      return keep;
    }
    if (!expire.isIntegralNumber()
        || !expire.canConvertToLong()
        || expire.longValue() < 0
        || expire.longValue() > LONGEST_EXPIRY) {
      throw new Mistake("expire must be a whole number of seconds, 0 for not at all");
    }
    return Duration.ofSeconds(expire.longValue());
  }

  private Reply disconnect(JsonNode order) throws InterruptedException {
    know(order, Set.of("user"));
    var user =
        text(order, "user")
            .filter(name -> !name.isEmpty())
            .orElseThrow(() -> new Mistake("user is missing"));
    return await(
        disconnects.disconnect(user),
        ended -> Reply.json(200, "{\"ok\":true,\"ended_here\":" + ended + "}"),
        "ended on this node, but the others could not be told; ask again");
  }

  private Reply connections(HttpHead request) {
    var asked = parameters(request.query());
    know(asked.keySet(), Set.of("user", "facility", "limit"));
    var limit = limit(asked.getOrDefault("limit", "100"));
    Predicate<ConnectionReport> fits =
        report -> fits(asked, "user", report.user()) && fits(asked, "facility", report.facility());
    var found = server.connections(fits, limit).stream().map(OperatorApi::fields).toList();
    var answer = new LinkedHashMap<String, Object>();
    answer.put("open", server.open());
    answer.put("connections", found);
    return Reply.json(200, JSON.writeValueAsString(answer));
  }

  private static boolean fits(Map<String, String> asked, String name, Optional<String> value) {
    return !asked.containsKey(name) || value.equals(Optional.ofNullable(asked.get(name)));
  }

  private static int limit(String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MOST_LISTED) {
      throw new Mistake("limit must be from 0 to " + MOST_LISTED);
    }
    return Integer.parseInt(text);
  }

  private static Map<String, Object> fields(ConnectionReport report) {
    var fields = new LinkedHashMap<String, Object>();
    report.user().ifPresent(user -> fields.put("user", user));
    report.facility().ifPresent(facility -> fields.put("facility", facility));
    fields.put("address", report.address().getHostAddress());
    fields.put("seconds", report.age().toSeconds());
    fields.put("waiting_bytes", report.waiting());
    return fields;
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new LinkedHashMap<String, String>();
    for (var pair : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
      var equals = pair.indexOf('=');
      var name = FacilityRequest.decode(equals < 0 ? pair : pair.substring(0, equals));
      var value =
          FacilityRequest.decode(equals < 0 ? "" : pair.substring(equals + 1).replace('+', ' '));
      if (name.isEmpty() || value.isEmpty()) {
        throw new Mistake("the query is not UTF-8 in percent-encoding");
      }
      parameters.put(name.get(), value.get());
    }
    return parameters;
  }

  private static JsonNode object(byte[] body) {
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (JacksonException _) {
      throw new Mistake("the body is not valid JSON");
    }
    if (!node.isObject()) {
      throw new Mistake("the body must be a JSON object");
    }
    return node;
  }

  private static Optional<String> text(JsonNode order, String name) {
    var value = order.get(name);
    if (value != null && !value.isString()) {
      throw new Mistake(name + " must be a string");
    }
    return Optional.ofNullable(value).map(JsonNode::stringValue);
  }

  private static void know(JsonNode order, Set<String> names) {
    know(order.propertyNames(), names);
  }

  private static void know(Iterable<String> found, Set<String> names) {
    for (var name : found) {
      if (!names.contains(name)) {
        throw new Mistake(
            "unknown field; known are " + String.join(", ", names.stream().sorted().toList()));
      }
    }
  }

  /** What becomes of an order that was carried out. */
  @FunctionalInterface
  private interface Done<T> {
    Reply reply(T value);
  }

  private static <T> Reply await(CompletionStage<T> order, Done<T> done, String otherwise)
      throws InterruptedException {
    try {
      return done.reply(order.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException _) {
      return Reply.problem(503, otherwise);
    }
  }
}
