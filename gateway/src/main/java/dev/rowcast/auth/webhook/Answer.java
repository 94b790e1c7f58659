package dev.rowcast.auth.webhook;

import dev.rowcast.message.Permission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the application answers about a client.
 *
 * <p>Immutable.
 */
sealed interface Answer {

  /**
   * It knows the client.
   *
   * @param may what the client may be granted at most
   * @param lasts for how long; empty: until a later answer differs
   * @param claims for the row rules
   */
  record Somebody(
      Optional<String> user,
      List<String> groups,
      Optional<String> session,
      Set<Permission> may,
      Optional<Duration> lasts,
      Map<String, List<String>> claims)
      implements Answer {
    /** Copies the collections. */
    public Somebody {
      groups = List.copyOf(groups);
      may = Set.copyOf(may);
      claims = Map.copyOf(claims);
    }
  }

  /** It does not know the client: 204 or 404. */
  record Nobody() implements Answer {}

  /** What the client shows is not good: 401. */
  record Rejected() implements Answer {}

  /** The client may not connect: 403. */
  record Forbidden() implements Answer {}

  /**
   * Reads an answer.
   *
   * @throws IllegalArgumentException with a sentence, when the application answers nonsense
   */
  static Answer of(int status, String body) {
    return switch (status) {
      case 200 -> somebody(body);
      case 204, 404 -> new Nobody();
      case 401 -> new Rejected();
      case 403 -> new Forbidden();
      default -> throw new IllegalArgumentException("the answer is " + status);
    };
  }

  private static Answer somebody(String body) {
    JsonNode tree;
    try {
      tree = JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the answer is not JSON", e);
    }
    if (!tree.isObject()) {
      throw new IllegalArgumentException("the answer is not a JSON object");
    }
    return new Somebody(
        text(tree, "user"),
        texts(tree.path("groups"), "groups"),
        text(tree, "session"),
        permissions(tree.path("allow")),
        lasts(tree.path("expires_in")),
        claims(tree.path("claims")));
  }

  private static Map<String, List<String>> claims(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return Map.of();
    }
    if (!value.isObject()) {
      throw new IllegalArgumentException("claims in the answer is not an object");
    }
    var claims = new HashMap<String, List<String>>();
    value.propertyStream().forEach(each -> claims.put(each.getKey(), scalars(each.getValue())));
    return claims;
  }

  private static List<String> scalars(JsonNode value) {
    var all = value.isArray() ? value.valueStream().toList() : List.of(value);
    if (!all.stream().allMatch(each -> each.isString() || each.isNumber() || each.isBoolean())) {
      throw new IllegalArgumentException("claims in the answer holds more than texts and numbers");
    }
    return all.stream().map(JsonNode::asString).toList();
  }

  private static Optional<String> text(JsonNode tree, String name) {
    var value = tree.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString() || value.stringValue().isEmpty()) {
      throw new IllegalArgumentException(name + " in the answer is not a text");
    }
    return Optional.of(value.stringValue());
  }

  private static List<String> texts(JsonNode value, String name) {
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    if (!value.isArray() || !value.valueStream().allMatch(JsonNode::isString)) {
      throw new IllegalArgumentException(name + " in the answer is not a list of texts");
    }
    return value.valueStream().map(JsonNode::stringValue).toList();
  }

  private static Set<Permission> permissions(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return EnumSet.allOf(Permission.class);
    }
    var may = EnumSet.noneOf(Permission.class);
    for (var name : texts(value, "allow")) {
      may.add(
          Permission.ofParameter(name)
              .orElseThrow(
                  () -> new IllegalArgumentException("allow in the answer has an unknown word")));
    }
    return may;
  }

  private static Optional<Duration> lasts(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw new IllegalArgumentException("expires_in in the answer is not a number of seconds");
    }
    return Optional.of(Duration.ofSeconds(value.intValue()));
  }
}
