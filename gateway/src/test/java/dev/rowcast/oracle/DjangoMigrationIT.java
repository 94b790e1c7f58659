package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.testing.OutboxDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Django's own {@code migrate} is followed by the triggers, by the very lines that the migration
 * guide tells people to write.
 */
final class DjangoMigrationIT {
  private static final Pattern LINES =
      Pattern.compile("(?s)```python\n# apps\\.py[^\n]*\n(.*?)```");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() {
    postgres = OutboxDatabase.server();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @ParameterizedTest
  @CsvSource({"venv, installed", "django, installed-django"})
  void everyMigrationOfDjangoIsFollowedByTheTriggers(String environment, String stamp)
      throws Exception {
    require(environment, stamp);
    var database = OutboxDatabase.empty(postgres);
    var site = site(environment, database);

    migrate(environment, site, database, "0001");
    database.execute("INSERT INTO store_order (status) VALUES ('open')");
    assertThat(waiting(database)).isEqualTo("I store_order");

    migrate(environment, site, database, "0002");
    database.execute("DELETE FROM rowcast.outbox", "INSERT INTO store_invoice (total) VALUES (7)");
    assertThat(waiting(database)).isEqualTo("I store_invoice");

    migrate(environment, site, database, "0003");
    database.execute(
        "DELETE FROM rowcast.outbox", "INSERT INTO store_order (id, status) VALUES (9, 'anew')");
    assertThat(waiting(database)).isEqualTo("I store_order");
  }

  private static String waiting(OutboxDatabase database) {
    return database.ask(
        """
        SELECT string_agg(CAST(o.op AS text) || ' ' || s.table_name, ', ' ORDER BY o.seq)
        FROM rowcast.outbox o JOIN rowcast.source s ON s.id = o.source
        """);
  }

  private static void require(String environment, String stamp) {
    if (!Files.exists(Oracle.home().resolve(stamp))) {
      var reason =
          environment
              + " is not installed in "
              + Oracle.home()
              + ", so no Django migrated: run oracle/install";
      System.out.println(reason);
      Assumptions.abort(reason);
    }
  }

  /** The project with the guide's lines in it, and the program and settings that they name. */
  private static Path site(String environment, OutboxDatabase database) throws IOException {
    var site = Files.createDirectory(folder.resolve(environment));
    var source = Oracle.scripts().resolve("store_site");
    try (var files = Files.walk(source)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var target = site.resolve(source.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    var settings =
        Files.writeString(
            site.resolve("rowcast.yaml"),
            """
            database: { url: "%s" }
            capture:
              mode: triggers
              tables:
                - match: public.store_*
            """
                .formatted(postgres.url(database.name())));
    Files.writeString(
        site.resolve("store/apps.py"), guide().replace("/etc/rowcast.yaml", settings.toString()));
    program(Files.createDirectory(site.resolve("bin")));
    return site;
  }

  /** The lines of {@code apps.py} in the guide. */
  private static String guide() throws IOException {
    var page = Files.readString(Oracle.scripts().resolveSibling("docs/MIGRATING-FROM-WS4REDIS.md"));
    var lines = LINES.matcher(page);
    assertThat(lines.find()).as("the guide shows an apps.py").isTrue();
    return lines.group(1);
  }

  /** {@code rowcast} on the path, as installed. */
  private static void program(Path bin) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var classes = Optional.ofNullable(System.getProperty("java.class.path")).orElseThrow();
    var script =
        Files.writeString(
            bin.resolve("rowcast"),
            "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' dev.rowcast.cli.Main \"$@\"\n"
                .formatted(java, classes));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void migrate(String environment, Path site, OutboxDatabase database, String to)
      throws Exception {
    var python = Oracle.home().resolve(environment).resolve("bin/python").toString();
    var log = Files.createTempFile(folder, "migrate", ".log");
    var command = new ArrayList<>(List.of(python, "-Wignore", "manage.py", "migrate", "store", to));
    var builder =
        new ProcessBuilder(command)
            .directory(site.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    var at = URI.create(postgres.url(database.name()));
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                site.resolve("bin") + ":" + System.getenv("PATH"),
                "PYTHONDONTWRITEBYTECODE",
                "1",
                "STORE_DATABASE",
                at.getHost() + ":" + at.getPort() + ":postgres:" + database.name()));
    var process = builder.start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("migrate ended").isTrue();
    assertThat(process.exitValue()).as(Files.readString(log, UTF_8)).isZero();
  }
}
