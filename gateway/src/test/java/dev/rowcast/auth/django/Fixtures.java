package dev.rowcast.auth.django;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sessions that real versions of Django stored: what {@code oracle/session_fixtures.py} printed.
 *
 * <p>Immutable.
 */
record Fixtures(String django, Secret secret, String password, String loginHash, List<Case> cases) {
  private static final List<String> VERSIONS =
      List.of("2.2.28", "3.1.14", "3.2.25", "3.2.25-sha1", "4.2.27", "5.2.19");

  /** A session and how it was stored; no session: it was pickled. */
  @SuppressWarnings("ArrayRecordComponent") // Read once and never compared.
  record Case(String name, Optional<DecodedSession.Read> session, byte[] stored) {}

  static List<Fixtures> all() throws IOException {
    var all = new ArrayList<Fixtures>();
    for (var version : VERSIONS) {
      all.add(read("sessions-" + version + ".json"));
    }
    return all;
  }

  /** The stored bytes of one case. */
  byte[] stored(String name) {
    return cases.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow().stored();
  }

  private static Fixtures read(String file) throws IOException {
    try (var stream = Fixtures.class.getResourceAsStream(file)) {
      var tree = JsonMapper.shared().readTree(stream);
      return new Fixtures(
          tree.path("django").stringValue(),
          new Secret(tree.path("secret").stringValue()),
          tree.path("password").stringValue(),
          tree.path("login-hash").stringValue(),
          tree.path("cases").valueStream().map(Fixtures::one).toList());
    }
  }

  private static Case one(JsonNode tree) {
    var session = tree.path("session");
    return new Case(
        tree.path("name").stringValue(),
        session.isNull()
            ? Optional.empty()
            : Optional.of(
                new DecodedSession.Read(
                    text(session, "_auth_user_id"),
                    text(session, "_auth_user_hash"),
                    session
                        .path("ws4redis:memberof")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList())),
        tree.path("stored").stringValue().getBytes(UTF_8));
  }

  private static Optional<String> text(JsonNode tree, String name) {
    return tree.has(name) ? Optional.of(tree.path(name).stringValue()) : Optional.empty();
  }

  @Override
  public String toString() {
    return "Django " + django;
  }
}
