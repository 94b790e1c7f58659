package dev.rowcast.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names under which ws4redis is configured, taken from the environment. Stateless.
 *
 * <p>{@code WS4REDIS_HOST}, {@code _PORT}, {@code _DB} and {@code _PASSWORD} go over the same words
 * of {@code WS4REDIS_CONNECTION}; any of them means that there is a Redis, and the others take
 * ws4redis's own defaults.
 */
final class SeedEnvironment {
  /** The names, each with the key it means. */
  static final Map<String, String> NAMES = names();

  private static final List<String> CONNECTION =
      List.of("host", "port", "db", "password", "unix_socket_path");

  private SeedEnvironment() {}

  /** What these names say, by key. */
  static Map<String, Value> read(Map<String, String> environment, Problems problems) {
    Map<String, Value> values = new LinkedHashMap<>();
    text(environment, "WEBSOCKET_URL").ifPresent(text -> values.put("websocket.path", text));
    text(environment, "WS4REDIS_PREFIX").ifPresent(text -> values.put("redis.prefix", text));
    text(environment, "WS4REDIS_EXPIRE")
        .ifPresent(text -> values.put("redis.expire", seconds(text, problems)));
    text(environment, "WS4REDIS_HEARTBEAT")
        .ifPresent(text ->
            values.put(
                "websocket.heartbeat",
                text.text().isEmpty() ? new Value.Nothing(text.origin()) : text));
    connection(environment, values, problems);
    return values;
  }

  private static void connection(
      Map<String, String> environment, Map<String, Value> values, Problems problems) {
    Map<String, Value.Text> parts = new LinkedHashMap<>();
    text(environment, "WS4REDIS_CONNECTION").ifPresent(json -> parts(json, parts, problems));
    for (var part : List.of("host", "port", "db", "password")) {
      text(environment, "WS4REDIS_" + part.toUpperCase(Locale.ROOT))
          .ifPresent(text -> parts.put(part, text));
    }
    if (parts.isEmpty()) {
      return;
    }
    var password = Optional.ofNullable(parts.remove("password"));
    password
        .filter(text -> !text.text().isEmpty())
        .ifPresent(text -> values.put("redis.password", text));
    var origin =
        parts.isEmpty()
            ? password.orElseThrow().origin()
            : parts.values().iterator().next().origin();
    for (var number : List.of("port", "db")) {
      var text = parts.get(number);
      if (text != null && !text.text().matches("\\d{1,5}")) {
        problems.add(text.origin(), "the " + number + " '" + text.text() + "' is not a number");
        return;
      }
    }
    values.put("redis.url", new Value.Text(url(parts), true, origin));
  }

  private static String url(Map<String, Value.Text> parts) {
    var database = word(parts, "db", "0");
    var socket = word(parts, "unix_socket_path", "");
    if (!socket.isEmpty()) {
      return "redis+unix://" + encoded(socket).replace("%2F", "/") + "?db=" + database;
    }
    var host = word(parts, "host", "localhost");
    return "redis://"
        + (host.contains(":") ? "[" + host + "]" : encoded(host))
        + ":"
        + word(parts, "port", "6379")
        + "/"
        + database;
  }

  private static String word(Map<String, Value.Text> parts, String name, String byDefault) {
    var text = parts.get(name);
    return text == null || text.text().isEmpty() ? byDefault : text.text();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void parts(Value.Text json, Map<String, Value.Text> parts, Problems problems) {
    JsonNode node;
    try {
      node = JsonMapper.shared().readTree(json.text());
    } catch (JacksonException _) {
      // The parser's message quotes the text, which may hold a password.
      problems.add(
          json.origin(), "is not JSON; write for example {\"host\": \"redis\", \"db\": 0}");
      return;
    }
    if (!node.isObject()) {
      problems.add(json.origin(), "is not a JSON object such as {\"host\": \"redis\", \"db\": 0}");
      return;
    }
    for (var property : node.properties()) {
      if (!CONNECTION.contains(property.getKey())) {
        problems.add(
            json.origin(),
            "'"
                + property.getKey()
                + "' is not one of "
                + String.join(", ", CONNECTION)
                + NearMiss.hint(property.getKey(), CONNECTION));
      } else if (property.getValue().isValueNode() && !property.getValue().isNull()) {
        parts.put(
            property.getKey(), new Value.Text(property.getValue().asString(), true, json.origin()));
      }
    }
  }

  private static Value seconds(Value.Text text, Problems problems) {
    if (!text.text().strip().matches("\\d{1,9}")) {
      problems.add(text.origin(), "'" + text.text() + "' is not a number of seconds");
      return new Value.Text("0", true, text.origin());
    }
    return new Value.Text(text.text().strip() + "s", true, text.origin());
  }

  private static Optional<Value.Text> text(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(text -> new Value.Text(text, true, new Origin.Environment(name)));
  }

  private static Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("WEBSOCKET_URL", "websocket.path");
    names.put("WS4REDIS_HEARTBEAT", "websocket.heartbeat");
    names.put("WS4REDIS_PREFIX", "redis.prefix");
    names.put("WS4REDIS_EXPIRE", "redis.expire");
    names.put("WS4REDIS_CONNECTION", "redis.url");
    names.put("WS4REDIS_HOST", "redis.url");
    names.put("WS4REDIS_PORT", "redis.url");
    names.put("WS4REDIS_DB", "redis.url");
    names.put("WS4REDIS_PASSWORD", "redis.password");
    return names;
  }
}
