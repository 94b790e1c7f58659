package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Audience;
import dev.rowcast.message.Position;
import dev.rowcast.protocol.ClientMessage.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what clients say at {@code /live}.
 *
 * <p>Functions without state. Strict: a member that is there twice or that nobody knows, a value of
 * another kind, anything behind the object is refused, so that a misspelt wish is no silent one.
 */
final class ClientText {
  /** No value is nested deeper. */
  static final int MAX_DEPTH = 32;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(1000)
                          .maxNameLength(1000)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final Set<String> TABLE =
      Set.of("type", "id", "table", "where", "columns", "since", "conflate");
  private static final Set<String> FACILITY = Set.of("type", "id", "facility", "audience");
  private static final Set<String> PUBLISH =
      Set.of("type", "id", "facility", "audience", "data", "text");

  private final JsonNode order;
  private final Optional<String> id;

  private ClientText(JsonNode order) {
    this.order = order;
    this.id =
        Optional.ofNullable(order.get("id"))
            .filter(JsonNode::isString)
            .map(JsonNode::stringValue)
            .filter(ClientText::isId);
  }

  /** What cannot be read, with a sentence for whoever wrote it. */
  private static final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mistake(String why) {
      super(why, null, false, false);
    }
  }

  static Parsed parse(byte[] text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JacksonException _) {
      return new Parsed.Malformed(Optional.empty(), "not JSON, or nested too deeply");
    }
    if (!node.isObject()) {
      return new Parsed.Malformed(Optional.empty(), "a message is a JSON object");
    }
    var client = new ClientText(node);
    try {
      return new Parsed.Read(client.read());
    } catch (Mistake mistake) {
      return new Parsed.Malformed(client.id, String.valueOf(mistake.getMessage()));
    }
  }

  private ClientMessage read() {
    var type = text("type");
    return switch (type) {
      case "subscribe" -> order.has("facility") ? facility() : table();
      case "unsubscribe" -> {
        know(Set.of("type", "id"));
        yield new ClientMessage.Unsubscribe(id());
      }
      case "publish" -> publish();
      case "sync" -> {
        know(Set.of("type", "id", "position"));
        yield new ClientMessage.Sync(id(), optional("position").map(ClientText::position));
      }
      case "auth" -> {
        know(Set.of("type", "id", "token"));
        yield new ClientMessage.Auth(optionalId(), text("token"));
      }
      case "ping" -> {
        know(Set.of("type", "id"));
        yield new ClientMessage.Ping(optionalId());
      }
      default ->
          throw new Mistake("type is none of subscribe, unsubscribe, publish, sync, auth and ping");
    };
  }

  private ClientMessage table() {
    know(TABLE);
    var conflate = order.get("conflate");
    if (conflate != null && !conflate.isBoolean()) {
      throw new Mistake("conflate is true or false");
    }
    return new ClientMessage.SubscribeTable(
        id(),
        text("table"),
        optional("where").orElse(""),
        columns(),
        optional("since"),
        conflate != null && conflate.booleanValue());
  }

  private List<String> columns() {
    var list = order.get("columns");
    if (list == null) {
      return List.of();
    }
    if (!list.isArray() || list.isEmpty()) {
      throw new Mistake("columns is a list of names, or left out for all");
    }
    var names = new ArrayList<String>();
    for (var each : list) {
      if (!each.isString()) {
        throw new Mistake("columns is a list of names, or left out for all");
      }
      names.add(each.stringValue());
    }
    return names;
  }

  private ClientMessage facility() {
    know(FACILITY);
    return new ClientMessage.SubscribeFacility(id(), facilityName(), audience());
  }

  private ClientMessage publish() {
    know(PUBLISH);
    var data = order.get("data");
    var said = optional("text");
    if ((data == null) == said.isEmpty()) {
      throw new Mistake("one of data (JSON) and text (as it is) must be there");
    }
    var payload = data == null ? said.orElse("").getBytes(UTF_8) : JSON.writeValueAsBytes(data);
    if (payload.length == 0) {
      throw new Mistake("text is empty");
    }
    return new ClientMessage.Publish(optionalId(), facilityName(), audience(), payload);
  }

  private String facilityName() {
    var name = order.get("facility");
    if (name == null || !name.isString()) {
      throw new Mistake("facility is a text");
    }
    if (!FacilityRequest.isName(name.stringValue())) {
      throw new Mistake("the facility's name is too long or holds control characters");
    }
    return name.stringValue();
  }

  private Audience audience() {
    return optional("audience")
        .map(word ->
            Audience.ofWord(word)
                .orElseThrow(() -> new Mistake("audience is broadcast, group, user or session")))
        .orElse(Audience.BROADCAST);
  }

  private static Position position(String text) {
    return Position.parse(text).orElseThrow(() -> new Mistake("position is none of ours"));
  }

  private String id() {
    return id.orElseThrow(
        () -> new Mistake("id is a text of 1 to " + ClientMessage.MAX_ID + " characters"));
  }

  private Optional<String> optionalId() {
    return order.has("id") ? Optional.of(id()) : Optional.empty();
  }

  private static boolean isId(String text) {
    return !text.isEmpty() && text.length() <= ClientMessage.MAX_ID;
  }

  private String text(String name) {
    return optional(name).orElseThrow(() -> new Mistake(name + " is missing"));
  }

  private Optional<String> optional(String name) {
    var value = order.get(name);
    if (value != null && !value.isString()) {
      throw new Mistake(name + " is a text");
    }
    return Optional.ofNullable(value).map(JsonNode::stringValue);
  }

  private void know(Set<String> names) {
    for (var name : order.propertyNames()) {
      if (!names.contains(name)) {
        throw new Mistake("a member that is not known here; known are " + sorted(names));
      }
    }
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }
}
