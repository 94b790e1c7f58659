package dev.rowcast.config;

import java.util.List;

/** Writes {@code docs/CONFIG.md} from the table of keys. Stateless. */
final class ConfigPage {
  private ConfigPage() {}

  /** The whole page. */
  static String markdown() {
    var page = new StringBuilder(HEAD);
    var block = "";
    for (var key : Keys.ALL) {
      var dot = key.name().indexOf('.');
      var word = dot < 0 ? key.name() : key.name().substring(0, dot);
      var isAlone = dot < 0 && !Keys.ENTRIES.containsKey(key);
      var heading = isAlone ? "General" : word;
      if (!heading.equals(block)) {
        block = heading;
        page.append("\n## ")
            .append(isAlone ? heading : "`" + heading + "`")
            .append("\n\n| key | default | what |\n|---|---|---|\n");
      }
      row(page, key);
      if (Keys.ENTRIES.containsKey(key)) {
        entries(page, key);
      }
    }
    page.append(PROFILES);
    for (var name : Profile.NAMES) {
      page.append("\n`profile: ")
          .append(name)
          .append("` is the same as\n\n```yaml\n")
          .append(Profile.text(name))
          .append("```\n");
    }
    page.append(SEED);
    SeedEnvironment.NAMES.forEach(
        (seed, key) -> page.append("| `").append(seed).append("` | `").append(key).append("` |\n"));
    return page.toString();
  }

  private static void entries(StringBuilder page, Key<?> key) {
    page.append("\nAn entry of `")
        .append(key.name())
        .append("` has\n\n| key | default | what |\n|---|---|---|\n");
    for (var field : Keys.ENTRIES.getOrDefault(key, List.of())) {
      row(page, field);
    }
  }

  private static void row(StringBuilder page, Key<?> key) {
    page.append("| `")
        .append(key.name())
        .append("` | ")
        .append(key.byDefault().isEmpty() ? "must be set" : "`" + cell(key.defaultWritten()) + "`")
        .append(" | ")
        .append(cell(key.description()))
        .append(" Written as: *")
        .append(cell(key.type().words()))
        .append("*, for example `")
        .append(cell(key.example()))
        .append("` |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static final String HEAD =
      """
      # Configuration

      This page is written by a test from the same table that reads the settings. To change it,
      change `Keys.java` and run `build/config-page`.

      Every key can be set in a YAML file (`-c rowcast.yaml`, or `ROWCAST_CONFIG`), in the
      environment (`ROWCAST_` and the key in capitals, with `_` for dots and dashes:
      `ROWCAST_WEBSOCKET_MAX_MESSAGE`), and on the command line (`--set websocket.max-message=1MiB`;
      `--listen`, `--database`, `--redis` are short for their keys). What goes over what, the last
      wins: defaults, profile, file, ws4redis's own names in the environment, `ROWCAST_…`, flags.
      `rowcast config` prints what is in force and where each value came from.

      A key nobody knows, a value that means nothing, a file that cannot be read: all are refused at
      once, each with its place, and the program exits with 2. A list in the environment or in a flag
      is words between commas, or YAML in brackets. Passwords are better kept in files:
      `password-file`, or `@FILE` in place of the secret. Where a password is due, `@` at the start
      always means a file.

      In patterns `*` stands for any run of characters, `/` and `_` included; everything else is
      literal. `exclude` wins over `match`.
      """;

  private static final String PROFILES =
      """

      ## Profiles
      """;

  private static final String SEED =
      """

      ## Names of ws4redis

      Taken from the environment, so that an old deployment's settings keep their meaning. They go
      over the file, and `ROWCAST_…` goes over them. `WS4REDIS_CONNECTION` is the JSON of the setting
      of that name (`host`, `port`, `db`, `password`, `unix_socket_path`); the single names go over
      it. Naming any part of the connection means that there is a Redis; the other parts take
      ws4redis's defaults. `WS4REDIS_EXPIRE` is in seconds, an empty `WS4REDIS_HEARTBEAT` is none.

      | name | key |
      |---|---|
      """;
}
