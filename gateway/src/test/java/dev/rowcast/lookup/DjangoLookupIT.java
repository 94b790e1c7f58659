package dev.rowcast.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.django.DjangoSettings;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.lookup.DjangoSource.RedisSessions;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.testing.OutboxDatabase;
import dev.rowcast.testing.RedisProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions and users where a Django application keeps them; the rows are a real Django's. */
final class DjangoLookupIT {
  private static final Secret KEY = new Secret("the oracle keeps no secrets");
  private static final String ALICE = "alice".repeat(7).substring(0, 32);
  private static final String VISITOR = "visitor".repeat(5).substring(0, 32);

  private static EmbeddedPostgres postgres;
  private static RedisProcess redis;
  private static OutboxDatabase people;

  @BeforeAll
  static void start() throws IOException {
    postgres = OutboxDatabase.server();
    redis = RedisProcess.start();
    people = OutboxDatabase.empty(postgres);
    people.execute(Files.readString(Path.of("src/test/resources/oracle/people.sql")));
  }

  @AfterAll
  static void stop() {
    redis.close();
    postgres.close();
  }

  private static DjangoLookup lookup(
      String url, DjangoNames names, DjangoSettings.Groups groups, Optional<RedisSessions> store) {
    return new DjangoLookup(
        new DjangoSource(
            new DjangoSettings("sessionid", List.of(KEY), groups, false, Duration.ZERO),
            names,
            new DatabaseSettings(new Secret(url), Optional.empty()),
            store),
        InstantSource.system(),
        Ticker.SYSTEM);
  }

  private static DjangoLookup lookup(DjangoSettings.Groups groups) {
    return lookup(postgres.url(people.name()), DjangoNames.DEFAULTS, groups, Optional.empty());
  }

  private static Optional<RedisSessions> inRedis(String pattern) {
    var where = new Secret("redis://127.0.0.1:" + redis.port() + "/0");
    return Optional.of(
        new RedisSessions(new RedisSettings(where, Optional.empty(), "", Duration.ZERO), pattern));
  }

  private static Recognition of(DjangoLookup lookup, String key) {
    return lookup.identify(
        new Handshake(
            "/ws/a",
            "",
            Map.of("cookie", List.of("sessionid=" + key)),
            InetAddress.getLoopbackAddress()));
  }

  private static Identity identity(DjangoLookup lookup, String key) {
    assertThat(of(lookup, key)).isInstanceOf(Recognition.Known.class);
    return ((Recognition.Known) of(lookup, key)).identity();
  }

  @Test
  void theTablesSayWhoItIs() {
    try (var noted = lookup(DjangoSettings.Groups.SESSION);
        var live = lookup(DjangoSettings.Groups.TABLES)) {
      var alice =
          new Identity(
              Optional.of("alice"),
              List.of("staff", "night shift"),
              Optional.of(ALICE),
              Map.of("id", List.of("1")));

      assertThat(identity(noted, ALICE)).isEqualTo(alice);
      assertThat(identity(live, ALICE)).isEqualTo(alice);
      assertThat(identity(live, VISITOR).user()).isEmpty();
      assertThat(of(live, "x".repeat(32))).isEqualTo(new Recognition.Unknown());
    }
  }

  @Test
  void aUserModelOfOnesOwnIsReadByItsNames() {
    var site = OutboxDatabase.empty(postgres);
    site.execute(
        "CREATE SCHEMA site",
        "CREATE TABLE site.django_session AS"
            + " SELECT 'k' || repeat('1', 31) AS session_key, '{\"_auth_user_id\":"
            + " \"5f2d3c1e-0000-4000-8000-000000000001\"}'::text AS session_data,"
            + " timestamptz '2100-01-01' AS expire_date",
        "CREATE TABLE \"Account\" (uuid uuid PRIMARY KEY, email text, password text)",
        "INSERT INTO \"Account\" VALUES"
            + " ('5f2d3c1e-0000-4000-8000-000000000001', 'ann@example.org', 'x')",
        "CREATE TABLE auth_group (id int PRIMARY KEY, name text)",
        "INSERT INTO auth_group VALUES (2, 'b'), (1, 'a')",
        "CREATE TABLE members (account_id uuid, group_id int)",
        "INSERT INTO members VALUES ('5f2d3c1e-0000-4000-8000-000000000001', 2),"
            + " ('5f2d3c1e-0000-4000-8000-000000000001', 1)");
    var names =
        new DjangoNames(
            "site.django_session",
            "Account",
            "uuid",
            "email",
            Optional.empty(),
            "members",
            "account_id");

    try (var lookup =
        lookup(postgres.url(site.name()), names, DjangoSettings.Groups.TABLES, Optional.empty())) {
      assertThat(identity(lookup, "k" + "1".repeat(31)))
          .isEqualTo(
              new Identity(
                  Optional.of("ann@example.org"),
                  List.of("a", "b"),
                  Optional.of("k" + "1".repeat(31)),
                  Map.of("id", List.of("5f2d3c1e-0000-4000-8000-000000000001"))));

      site.execute(
          "UPDATE site.django_session SET session_data = '{\"_auth_user_id\": \"7; DROP\"}'");
      assertThat(of(lookup, "k" + "1".repeat(31))).isEqualTo(new Recognition.Unknown());
      lookup.check();
    }
  }

  @Test
  void aMissingRightIsSaidInASentence() {
    people.execute("CREATE ROLE stranger LOGIN");
    var url = postgres.url(people.name()).replace("//postgres@", "//stranger@");

    try (var lookup =
        lookup(url, DjangoNames.DEFAULTS, DjangoSettings.Groups.SESSION, Optional.empty())) {
      assertThatThrownBy(() -> of(lookup, ALICE))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("permission denied for table django_session");
      assertThatThrownBy(lookup::check).isInstanceOf(IdentityException.class);
    }
  }

  @Test
  void aDatabaseThatStartsAgainIsAskedAnew() {
    try (var lookup = lookup(DjangoSettings.Groups.TABLES)) {
      assertThat(identity(lookup, ALICE).user()).contains("alice");

      postgres.stop();
      assertThatThrownBy(() -> of(lookup, ALICE))
          .isInstanceOfSatisfying(
              IdentityException.class, away -> assertThat(away.retryable()).isTrue());
      postgres.startAgain();

      assertThat(identity(lookup, ALICE).user()).contains("alice");
    }
  }

  @Test
  void aRedisHoldsSessionsInEachOfItsForms() throws IOException {
    var signed =
        people.ask("SELECT session_data FROM django_session WHERE session_key = '" + ALICE + "'");
    redis.command("SET", "session:" + ALICE, signed);
    redis.command("SET", ":1:django.contrib.sessions.cache" + ALICE, "{\"_auth_user_id\": \"2\"}");
    redis.command("SET", "session:" + VISITOR, "not a session");
    redis.command("RPUSH", "session:" + "l".repeat(32), "a list");
    var url = postgres.url(people.name());

    try (var packaged =
            lookup(
                url,
                DjangoNames.DEFAULTS,
                DjangoSettings.Groups.SESSION,
                inRedis("session:{key}"));
        var cache =
            lookup(
                url,
                DjangoNames.DEFAULTS,
                DjangoSettings.Groups.TABLES,
                inRedis(RedisSessions.USUAL_KEY))) {
      assertThat(identity(packaged, ALICE).user()).contains("alice");
      assertThat(identity(cache, ALICE).user()).contains("bob");
      assertThat(identity(cache, ALICE).groups()).containsExactly("staff");
      assertThat(of(packaged, VISITOR)).isEqualTo(new Recognition.Unknown());
      assertThat(of(cache, VISITOR)).isEqualTo(new Recognition.Unknown());
      assertThatThrownBy(() -> of(packaged, "l".repeat(32)))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("WRONGTYPE");

      redis.kill();
      assertThatThrownBy(() -> of(cache, ALICE)).isInstanceOf(IdentityException.class);
      redis.restart();

      assertThat(of(cache, ALICE)).isEqualTo(new Recognition.Unknown());
    }
  }
}
