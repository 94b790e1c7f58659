package dev.rowcast.oracle;

import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.gateway.Gateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rowcast as the conversations meet it: configured by a file, as ws4redis is by its settings.
 *
 * <p>Thread-safe.
 */
final class RowcastServer implements ServerUnderTest {
  private static final String ALL =
      "subscribe-broadcast, subscribe-group, subscribe-user, subscribe-session,"
          + " publish-broadcast, publish-group, publish-user, publish-session";

  private final Gateway gateway;

  private RowcastServer(Gateway gateway) {
    this.gateway = gateway;
  }

  static RowcastServer start(Settings settings, InetSocketAddress redis, int port)
      throws IOException {
    return start(yaml(settings, redis, port));
  }

  /** Recognises the people of the oracle by the sessions in this database. */
  static RowcastServer start(Settings settings, InetSocketAddress redis, String database)
      throws IOException {
    return start(yaml(settings, redis, 0) + auth(database));
  }

  /** With a whole configuration of the test's own. */
  static RowcastServer start(String yaml) throws IOException {
    Path file = Files.createTempFile("rowcast", ".yaml");
    Files.writeString(file, yaml);
    try {
      var configuration = Configuration.load(new Sources(Optional.of(file), Map.of(), List.of()));
      var gateway = new Gateway(configuration.gateway());
      gateway.start();
      return new RowcastServer(gateway);
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.endpoint().port());
  }

  @Override
  public boolean sharesSubscriptions() {
    return true;
  }

  @Override
  public void close() {
    gateway.close();
  }

  private static String yaml(Settings settings, InetSocketAddress redis, int port) {
    return """
    listen: 127.0.0.1:%d
    redis: { url: "redis://127.0.0.1:%d/0", prefix: "%s", expire: %ds }
    websocket:
      path: "%s"
      heartbeat: %s
      origins: any
    access:
      facilities:
        - match: "*"
    %s
    """
        .formatted(
            port,
            redis.getPort(),
            settings.prefix().orElse(""),
            settings.expire().toSeconds(),
            settings.url(),
            settings.heartbeat().map(text -> '"' + text + '"').orElse("null"),
            rule(settings.allowed()));
  }

  private static String auth(String database) {
    return """

    auth:
      django:
        engine: database
        database-url: "%s"
        secret-key: the oracle keeps no secrets
    """
        .formatted(database);
  }

  private static String rule(Optional<String> allowed) {
    if (allowed.isPresent() && allowed.get().equals("refuse")) {
      return "      for: authenticated\n      otherwise: refuse\n      allow: [" + ALL + "]";
    }
    return "      allow: [" + allowed.orElse(ALL) + "]";
  }
}
