package dev.rowcast.gateway;

import dev.rowcast.config.Configuration;
import dev.rowcast.config.Sources;
import dev.rowcast.testing.OutboxDatabase;
import dev.rowcast.testing.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a gateway from a PostgreSQL through a Redis to its clients, written as an
 * operator writes them; its sockets hold little, so that slow clients are seen to be slow.
 */
final class PathSettings {
  private PathSettings() {}

  /** Between these servers, with more to the file in YAML. */
  static GatewaySettings written(
      Path folder, OutboxDatabase database, RedisProcess redis, String more) throws IOException {
    var servers =
        """
        listen: 127.0.0.1:0
        drain: 0s
        database: { url: "%s" }
        redis: { url: "redis://127.0.0.1:%d/0" }
        transport: { send-buffer: 16KiB }
        """
            .formatted(database.url(), redis.port());
    var file = Files.writeString(folder.resolve("rowcast.yaml"), servers + more);
    return Configuration.load(new Sources(Optional.of(file), Map.of(), List.of())).gateway();
  }
}
