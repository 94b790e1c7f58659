package dev.rowcast.cli.demo;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What to type to see a row and a message arrive, in the words of this start's addresses.
 *
 * <p>Immutable.
 */
record DemoLines(String psql, String redisCli, String note) {

  /** For PostgreSQL at {@code psqlCommand} and Redis on {@code redisPort}. */
  static DemoLines of(String psqlCommand, int redisPort, String channel) {
    return new DemoLines(
        psqlCommand + " -c \"INSERT INTO rodan_workflowrun (name) VALUES ('Hello from psql')\"",
        "redis-cli -p " + redisPort + " PUBLISH " + channel + " 'Hello from redis-cli'",
        "No psql here? The buttons of this page run the same statements.");
  }

  /** For the page. */
  String json() {
    return JsonMapper.shared()
        .writeValueAsString(
            Map.of(
                "lines",
                List.of(
                    Map.of("title", "A row, by psql", "command", psql),
                    Map.of("title", "A message, by redis-cli", "command", redisCli)),
                "note",
                note));
  }
}
