package dev.rowcast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.FacilityRule;
import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.LiveRule;
import dev.rowcast.auth.OriginRules;
import dev.rowcast.auth.SessionKeys;
import dev.rowcast.auth.django.DjangoSettings;
import dev.rowcast.auth.jwt.JwtSettings;
import dev.rowcast.auth.jwt.TokenPlace;
import dev.rowcast.auth.webhook.WebhookSettings;
import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Network;
import dev.rowcast.base.Secret;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.gateway.AuthSettings;
import dev.rowcast.gateway.GatewaySettings;
import dev.rowcast.lookup.DjangoNames;
import dev.rowcast.lookup.DjangoSource;
import dev.rowcast.message.Audience;
import dev.rowcast.message.Permission;
import dev.rowcast.message.Topic;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import dev.rowcast.routing.RouteSettings;
import dev.rowcast.server.AdminSettings;
import dev.rowcast.server.FacilityLimit;
import dev.rowcast.server.LimitSettings;
import dev.rowcast.server.ProxySettings;
import dev.rowcast.server.RequestLimits;
import dev.rowcast.server.ServerSettings;
import dev.rowcast.server.TlsSettings;
import dev.rowcast.server.TransportSettings;
import dev.rowcast.session.LiveLimits;
import dev.rowcast.session.LiveSettings;
import dev.rowcast.session.OutboxSettings;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.shape.FilterSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings as operators write them. */
final class ConfigurationTest {
  @TempDir private Path folder;

  @Nested
  final class Meaning {

    @Test
    void nothingWrittenMeansTheDefaultsOfTheRecords() {
      var configuration = load(Map.of());

      assertThat(configuration.gateway()).isEqualTo(GatewaySettings.DEFAULTS);
      assertThat(configuration.log()).isEqualTo(LogSettings.DEFAULTS);
      assertThat(configuration.lines())
          .allSatisfy(line -> assertThat(line.origin()).isEqualTo(new Origin.Default()));
    }

    @Test
    void everyKeyReachesItsRecord() throws IOException {
      var configuration = load(Map.of(), Files.readString(resource("every-key.yaml")));

      assertThat(configuration.gateway())
          .isEqualTo(
              new GatewaySettings(
                  Optional.of(
                      new DatabaseSettings(
                          new Secret("postgresql://app@db/app"), Optional.of(new Secret("dbpw")))),
                  Optional.of(
                      new RedisSettings(
                          new Secret("redis://cache:6380/2"),
                          Optional.of(new Secret("redispw")),
                          "rodan",
                          Duration.ofMinutes(30))),
                  Duration.ofMinutes(30),
                  new CaptureSettings(
                      CaptureSettings.Mode.TRIGGERS,
                      CaptureSettings.Migrate.APPLY,
                      List.of(
                          new CaptureSettings.TableRule(
                              Glob.all(List.of("public.rodan_*", "other.*")),
                              Glob.all(List.of("public.rodan_tempauthtoken")),
                              List.of("uuid"),
                              List.of("project_id", "name"),
                              CaptureSettings.OldRow.ALL)),
                      DataSize.ofKibibytes(256),
                      false,
                      new CaptureSettings.Wal(
                          "rowcast_app", "Rowcast App", DataSize.ofMebibytes(4096))),
                  new FeedSettings(
                      Optional.of(true),
                      5000,
                      Duration.ofHours(2),
                      DataSize.ofMebibytes(32),
                      DataSize.ofMebibytes(8)),
                  List.of(
                      new RouteSettings(
                          Glob.all(List.of("public.rodan_*")),
                          Glob.all(List.of("public.rodan_x")),
                          Topic.broadcast("rodan"),
                          RouteSettings.Format.RODAN),
                      new RouteSettings(
                          Glob.all(List.of("public.orders")),
                          List.of(),
                          Topic.of(Audience.GROUP, "staff", "desk"),
                          RouteSettings.Format.JSON)),
                  new AccessSettings(
                      List.of(
                          new FacilityRule(
                              Glob.all(List.of("rodan")),
                              new FacilityRule.Audience.Anyone(),
                              FacilityRule.Otherwise.DROP,
                              Set.of(Permission.SUBSCRIBE_BROADCAST)),
                          new FacilityRule(
                              Glob.all(List.of("staff-*")),
                              new FacilityRule.Audience.Group("staff"),
                              FacilityRule.Otherwise.REFUSE,
                              Set.of(
                                  Permission.SUBSCRIBE_BROADCAST,
                                  Permission.PUBLISH_BROADCAST,
                                  Permission.SUBSCRIBE_USER)),
                          new FacilityRule(
                              Glob.all(List.of("*")),
                              new FacilityRule.Audience.Authenticated(),
                              FacilityRule.Otherwise.DROP,
                              Set.of()))),
                  auth(),
                  new LiveSettings(
                      List.of(
                          new LiveRule(
                              Glob.all(List.of("public.*")),
                              Glob.all(List.of("public.secret*")),
                              List.of("id", "status"),
                              new FacilityRule.Audience.Group("staff"),
                              "owner=eq.{user.id}")),
                      Duration.ofSeconds(10),
                      new FilterSettings(1000, 10, 100),
                      DataSize.ofMebibytes(64),
                      new LiveLimits(20, DataSize.ofMebibytes(16), 200)),
                  new ServerSettings(
                      List.of(new Endpoint("0.0.0.0", 9000), new Endpoint("::1", 9001)),
                      new WebSocketSettings(
                          "/sock/",
                          Optional.of("--heartbeat--"),
                          Duration.ofSeconds(2),
                          Duration.ofMinutes(1),
                          new OriginRules(List.of("same", "https://app.example.org")),
                          DataSize.ofMebibytes(1),
                          50,
                          7,
                          true,
                          true,
                          new OutboxSettings(
                              DataSize.ofKibibytes(128),
                              Duration.ofMinutes(1),
                              OutboxSettings.WhenFull.LATEST,
                              Glob.all(List.of("progress-*")))),
                      new LimitSettings(
                          500,
                          50,
                          20,
                          30,
                          List.of(
                              new FacilityLimit(Glob.all(List.of("job-*", "task-*")), 60),
                              new FacilityLimit(Glob.all(List.of("*")), 70)),
                          new RequestLimits(
                              Duration.ofSeconds(5),
                              DataSize.ofKibibytes(16),
                              40,
                              DataSize.ofKibibytes(2),
                              DataSize.ofKibibytes(32))),
                      new ProxySettings(
                          List.of(Network.parse("10.0.0.0/8"), Network.parse("::1")),
                          ProxySettings.Header.FORWARDED),
                      new TransportSettings(
                          TransportSettings.Kind.IO_URING,
                          3,
                          512,
                          DataSize.ofKibibytes(32),
                          DataSize.ofKibibytes(8)),
                      Optional.of(
                          new TlsSettings(Path.of("/tls/chain.pem"), Path.of("/tls/key.pem"))),
                      new AdminSettings(
                          Optional.of(new Secret("0123456789abcdef")),
                          Optional.of(new Endpoint("127.0.0.1", 8001))),
                      Duration.ofSeconds(10))));
      assertThat(configuration.log())
          .isEqualTo(new LogSettings(LogSettings.Format.JSON, LogSettings.Level.DEBUG));
      assertThat(configuration.lines())
          .filteredOn(line -> line.origin() instanceof Origin.Default)
          .extracting(Configuration.Line::key)
          .containsExactly(
              "profile",
              "database.password-file",
              "redis.password-file",
              "auth.django.secret-key-file",
              "auth.jwt.secret-file",
              "auth.jwt.public-key-file",
              "admin.token-file");
    }

    private static AuthSettings auth() {
      return new AuthSettings(
          new IdentitySettings(Duration.ofMinutes(1), SessionKeys.HASHED),
          Optional.of(
              new DjangoSource(
                  new DjangoSettings(
                      "app_session",
                      List.of(new Secret("django-now"), new Secret("django-before")),
                      DjangoSettings.Groups.TABLES,
                      false,
                      Duration.ofSeconds(2)),
                  new DjangoNames(
                      "site.django_session",
                      "accounts_user",
                      "uuid",
                      "email",
                      Optional.of("enabled"),
                      "accounts_user_groups",
                      "account_id"),
                  new DatabaseSettings(
                      new Secret("postgresql://rowcast:userpw@db/site"), Optional.empty()),
                  Optional.of(
                      new DjangoSource.RedisSessions(
                          new RedisSettings(
                              new Secret("redis://:cachepw@cache:6380/3"),
                              Optional.empty(),
                              "",
                              RedisSettings.DEFAULTS.expire()),
                          "session:{key}")))),
          Optional.of(
              new JwtSettings(
                  new JwtSettings.Keys(
                      Optional.of(new Secret("a secret of more than thirty-two bytes")),
                      Optional.empty(),
                      Optional.of(URI.create("https://id.example.org/keys"))),
                  Optional.of("https://id.example.org/"),
                  List.of("rowcast", "live"),
                  Duration.ofSeconds(5),
                  "email",
                  "realm_access.roles",
                  List.of(
                      new TokenPlace.Header(),
                      new TokenPlace.Cookie("jwt"),
                      new TokenPlace.Query("access")))),
          Optional.of(
              new WebhookSettings(
                  URI.create("http://app:8080/whoami"),
                  List.of("cookie", "x-api-key"),
                  Duration.ofMillis(500),
                  Duration.ofSeconds(10))));
    }

    @Test
    void aProviderIsWholeOrNotThereAtAll() {
      assertThat(problems(Map.of(), "auth: {django: {cookie: x}}"))
          .singleElement()
          .asString()
          .contains("auth.django.cookie is set", "set auth.django.engine");
      assertThat(problems(Map.of(), "auth: {jwt: {issuer: x}}"))
          .singleElement()
          .asString()
          .contains("auth.jwt.issuer is set", "auth.jwt.jwks");
      assertThat(problems(Map.of(), "auth: {webhook: {timeout: 1s}}"))
          .singleElement()
          .asString()
          .contains("auth.webhook.timeout is set", "auth.webhook.url");
      assertThat(problems(Map.of(), "auth: {django: {engine: database}}"))
          .singleElement()
          .asString()
          .contains("set auth.django.database-url");
      assertThat(
              problems(
                  Map.of(),
                  "auth: {django: {engine: redis, database-url: \"postgresql://a@b/c\"}}"))
          .singleElement()
          .asString()
          .contains("set auth.django.redis-url");
      assertThat(problems(Map.of(), "auth: {jwt: {secret: short}}"))
          .singleElement()
          .asString()
          .contains("rowcast.yaml:1", "shorter than 32 bytes")
          .doesNotContain("short\"");
    }

    @Test
    void secretsInListsAreMaskedToo() {
      var configuration =
          load(
              Map.of(),
              """
              database: {url: "postgresql://app@db/app"}
              auth: {django: {engine: database, secret-key: one1, secret-key-fallbacks: [two2, three3]}}
              """);

      assertThat(configuration.lines().toString())
          .contains("[******, ******]")
          .doesNotContain("one1", "two2", "three3");
    }

    @Test
    void aLaterSourceGoesOverAnEarlierOne() {
      var environment =
          Map.of("ROWCAST_REDIS_PREFIX", "environment", "ROWCAST_WEBSOCKET_MAX_MESSAGE", "2KiB");

      var configuration =
          load(
              environment,
              """
              profile: rodan
              redis: {prefix: file, expire: 1m}
              websocket:
                max-message: 1KiB
              """,
              "websocket.max-message=3KiB");

      assertThat(line(configuration, "redis.expire")).isEqualTo("1m from rowcast.yaml:2");
      assertThat(line(configuration, "redis.prefix"))
          .isEqualTo("environment from environment ROWCAST_REDIS_PREFIX");
      assertThat(line(configuration, "websocket.max-message"))
          .isEqualTo("3KiB from --set websocket.max-message");
      assertThat(line(configuration, "websocket.heartbeat"))
          .isEqualTo("\"--heartbeat--\" from profile rodan");
    }

    @Test
    void listsOutsideTheFileAreWordsBetweenCommasOrYaml() {
      var configuration =
          load(
              Map.of("ROWCAST_LISTEN", "127.0.0.1:1, 127.0.0.1:2"),
              "",
              "routes=[{tables: [public.a, public.b], facility: f}]",
              "websocket.origins=any");

      assertThat(configuration.gateway().server().listen())
          .containsExactly(new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2));
      assertThat(configuration.gateway().routes())
          .containsExactly(
              new RouteSettings(
                  Glob.all(List.of("public.a", "public.b")),
                  List.of(),
                  Topic.broadcast("f"),
                  RouteSettings.Format.JSON));
      assertThat(configuration.gateway().server().websocket().origins())
          .isEqualTo(new OriginRules(List.of("any")));
    }

    @Test
    void noneMeansNoRedis() {
      assertThat(load(Map.of(), "redis: none").gateway().redis()).isEmpty();
      assertThat(load(Map.of(), "redis: {url: redis://x/0}", "redis.url=none").gateway().redis())
          .isEmpty();
    }

    @Test
    void nullTakesBackWhatAnEarlierSourceSet() {
      var configuration =
          load(Map.of("ROWCAST_WEBSOCKET_HEARTBEAT", "null"), "websocket: {heartbeat: beat}");

      assertThat(configuration.gateway().server().websocket().heartbeat()).isEmpty();
    }

    @Test
    void theRodanProfileGrantsWhatItsClientAsksForAndLeavesOutItsTokens() {
      var settings = load(Map.of(), "profile: rodan").gateway();

      assertThat(settings.capture().rodan()).isTrue();
      var rule = settings.capture().tables().getFirst();
      assertThat(rule.match()).containsExactly(new Glob("public.rodan_*"));
      assertThat(rule.exclude()).anyMatch(glob -> glob.matches("public.rodan_tempauthtoken"));
      assertThat(rule.exclude()).anyMatch(glob -> glob.matches("public.rodan_project_tags"));
      assertThat(rule.exclude()).noneMatch(glob -> glob.matches("public.rodan_workflowrun"));
      assertThat(settings.routes().getFirst().topic()).isEqualTo(Topic.broadcast("rodan"));
      assertThat(settings.routes().getFirst().exclude())
          .anyMatch(glob -> glob.matches("public.rodan_tempauthtoken"));
      assertThat(settings.access().facilities().getFirst().allow())
          .containsExactlyInAnyOrder(Permission.SUBSCRIBE_BROADCAST, Permission.PUBLISH_BROADCAST);
      assertThat(settings.server().websocket().heartbeat()).contains("--heartbeat--");
    }
  }

  @Nested
  final class Ws4redis {

    @Test
    void itsNamesKeepTheirMeaning() {
      var settings =
          load(
                  Map.of(
                      "WEBSOCKET_URL", "/socket/",
                      "WS4REDIS_EXPIRE", "7200",
                      "WS4REDIS_HEARTBEAT", "beat",
                      "WS4REDIS_PREFIX", "rodan",
                      "WS4REDIS_HOST", "cache",
                      "WS4REDIS_PORT", "6380",
                      "WS4REDIS_DB", "3",
                      "WS4REDIS_PASSWORD", "word"),
                  "redis: {prefix: of-the-file, url: redis://of-the-file/0}")
              .gateway();

      assertThat(settings.redis())
          .contains(
              new RedisSettings(
                  new Secret("redis://cache:6380/3"),
                  Optional.of(new Secret("word")),
                  "rodan",
                  Duration.ofHours(2)));
      assertThat(settings.server().websocket().path()).isEqualTo("/socket/");
      assertThat(settings.server().websocket().heartbeat()).contains("beat");
    }

    @Test
    void itsConnectionIsJsonUnderTheSingleNames() {
      var settings =
          load(Map.of(
                  "WS4REDIS_CONNECTION",
                  "{\"host\": \"a\", \"port\": 1, \"db\": 2, \"password\": \"w\"}",
                  "WS4REDIS_HOST",
                  "b"))
              .gateway();

      assertThat(settings.redis().orElseThrow().url().reveal()).isEqualTo("redis://b:1/2");
      assertThat(settings.redis().orElseThrow().password()).contains(new Secret("w"));
    }

    @Test
    void aUnixSocketIsOneToo() {
      var settings =
          load(Map.of("WS4REDIS_CONNECTION", "{\"unix_socket_path\": \"/run/redis.sock\"}"))
              .gateway();

      assertThat(settings.redis().orElseThrow().url().reveal())
          .isEqualTo("redis+unix:///run/redis.sock?db=0");
    }

    @Test
    void itsNamesAloneDoNotMakeARedis() {
      assertThat(load(Map.of("WS4REDIS_PREFIX", "rodan")).gateway().redis()).isEmpty();
    }

    @Test
    void ourNamesGoOverIts() {
      var settings =
          load(Map.of("WEBSOCKET_URL", "/old/", "ROWCAST_WEBSOCKET_PATH", "/new/")).gateway();

      assertThat(settings.server().websocket().path()).isEqualTo("/new/");
    }

    @Test
    void whatCannotBeMeantIsRefusedWithoutShowingThePassword() {
      var problems =
          problems(
              Map.of(
                  "WS4REDIS_CONNECTION", "{\"hots\": \"a\", \"password\": \"sesame\"}",
                  "WS4REDIS_EXPIRE", "1h",
                  "WS4REDIS_PORT", "http"),
              "");

      assertThat(problems)
          .containsExactly(
              "environment WS4REDIS_EXPIRE: '1h' is not a number of seconds",
              "environment WS4REDIS_CONNECTION: 'hots' is not one of host, port, db, password,"
                  + " unix_socket_path; did you mean 'host'?",
              "environment WS4REDIS_PORT: the port 'http' is not a number");
      assertThat(problems(Map.of("WS4REDIS_CONNECTION", "sesame"), ""))
          .containsExactly(
              "environment WS4REDIS_CONNECTION: is not JSON; write for example {\"host\":"
                  + " \"redis\", \"db\": 0}");
    }
  }

  @Nested
  final class Refusal {

    @Test
    void everythingThatIsWrongIsSaidAtOnceWithItsPlace() {
      var problems =
          problems(
              Map.of("ROWCAST_REDIS_PREFX", "x", "ROWCAST_LIMITS_HEADERS", "many"),
              """
              lisen: 127.0.0.1:8000
              redis:
                expire: 3600
              websocket:
                max-message: 64 kilobytes
                outbox:
                  when-full: drop
              capture:
                migrate: verfy
              """,
              "websocket.compresion=true",
              "drain=soon");

      assertThat(problems)
          .containsExactly(
              "rowcast.yaml:1: unknown key 'lisen'; did you mean 'listen'?",
              "environment ROWCAST_REDIS_PREFX: no setting has this name; did you mean"
                  + " 'ROWCAST_REDIS_PREFIX'?",
              "--set websocket.compresion: unknown key 'websocket.compresion'; did you mean"
                  + " 'websocket.compression'?",
              "--set drain: drain: 'soon' is not a time; write for example 250ms, 30s, 5m or 1h",
              "rowcast.yaml:3: redis.expire: '3600' is not a time; write for example 250ms, 30s, 5m"
                  + " or 1h",
              "rowcast.yaml:9: capture.migrate: 'verfy' is not one of verify, apply, off; did you"
                  + " mean 'verify'?",
              "rowcast.yaml:5: websocket.max-message: '64 kilobytes' is not a size; write for"
                  + " example 64KiB, 1MiB or 65536",
              "rowcast.yaml:7: websocket.outbox.when-full: 'drop' is not one of close, latest",
              "environment ROWCAST_LIMITS_HEADERS: limits.headers: 'many' is not a whole number");
    }

    @Test
    void entriesOfListsAreHeldToTheSameStrictness() {
      assertThat(
              problems(
                  Map.of(),
                  """
                  routes:
                    - table: public.a
                      facility: f
                    - tables: public.b
                      facility: f
                      audience: everybody
                    - public.c
                  access:
                    facilities:
                      - match: rodan
                        for: staff
                        allow: [subscribe-brodcast]
                      - match: ""
                        allow: []
                  """))
          .containsExactly(
              "rowcast.yaml:2: unknown key 'table' in routes; did you mean 'tables'?",
              "rowcast.yaml:2: tables is missing; write for example public.rodan_*",
              "rowcast.yaml:4: routes: audience is 'everybody', must be broadcast, group:NAME,"
                  + " user:NAME or session:KEY",
              "rowcast.yaml:7: routes: a route must be a block of keys, with tables, exclude,"
                  + " facility, audience, format",
              "rowcast.yaml:11: for: 'staff' is not one of anyone, authenticated, group:NAME",
              "rowcast.yaml:12: allow: 'subscribe-brodcast' is not one of subscribe-broadcast,"
                  + " subscribe-group, subscribe-user, subscribe-session, publish-broadcast,"
                  + " publish-group, publish-user, publish-session; did you mean"
                  + " 'subscribe-broadcast'?",
              "rowcast.yaml:13: match: an empty pattern matches nothing");
    }

    @Test
    void whatARecordRefusesIsPutToThePlaceOfItsKey() {
      assertThat(
              problems(
                  Map.of("ROWCAST_DRAIN", "10m"),
                  """
                  websocket:
                    path: ws
                  limits: {connections: 0}
                  admin: {token: guessed}
                  tls: {key-file: key.pem}
                  """))
          .containsExactly(
              "rowcast.yaml:2: websocket.path is 'ws', must begin and end with a slash",
              "rowcast.yaml:3: limits.connections is 0, must be at least 1",
              "rowcast.yaml:4: admin.token is shorter than 16 characters; make one with: openssl"
                  + " rand -hex 32",
              "rowcast.yaml:5: tls.certificate-file and tls.key-file must be set together",
              "environment ROWCAST_DRAIN: drain is PT10M, must be from 0s to 5m");
    }

    @Test
    void yamlThatIsNoneIsRefusedWithItsLine() {
      assertThat(problems(Map.of(), "redis:\n  prefix: a\n prefix: b\n"))
          .singleElement()
          .asString()
          .startsWith("rowcast.yaml:3: is not YAML: ");
      assertThat(problems(Map.of(), "- a\n- b\n"))
          .containsExactly("rowcast.yaml:1: the file must be a block of keys");
      assertThat(problems(Map.of(), "drain: 1s\ndrain: 2s\n"))
          .containsExactly("rowcast.yaml:2: 'drain' is set twice in one block");
      assertThat(problems(Map.of(), "redis: [a]\n"))
          .containsExactly("rowcast.yaml:1: 'redis' must be a block of keys");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
      var failure =
          catchThrowableOfType(
              ConfigException.class,
              () ->
                  Configuration.load(
                      new Sources(Optional.of(folder.resolve("none.yaml")), Map.of(), List.of())));

      assertThat(failure.problems())
          .containsExactly(
              "the configuration file " + folder.resolve("none.yaml") + " does not exist");
    }
  }

  @Nested
  final class Secrets {

    @Test
    void areMaskedWhereverTheyAreWritten() {
      var configuration =
          load(
              Map.of("ROWCAST_REDIS_PASSWORD", "sesame"),
              """
              database:
                url: postgresql://app:sesame@db/app?password=sesame&sslmode=require
                password: sesame
              redis: {url: "redis://:sesame@cache/0"}
              """);

      assertThat(configuration.lines()).noneMatch(line -> line.toString().contains("sesame"));
      assertThat(line(configuration, "database.url"))
          .contains("postgresql://app:******@db/app?password=******&sslmode=require");
      assertThat(line(configuration, "redis.url")).contains("redis://:******@cache/0");
      var changed = load(Map.of("ROWCAST_REDIS_PASSWORD", "open"));
      assertThat(configuration.differences(changed)).noneMatch(line -> line.contains("sesame"));
      assertThat(configuration.gateway().toString()).doesNotContain("sesame");
    }

    @Test
    void comeFromFilesWithoutTheLineEnd() throws IOException {
      var file = Files.writeString(folder.resolve("password"), "sesame\n");

      var settings =
          load(
                  Map.of("ROWCAST_REDIS_PASSWORD", "@" + file),
                  "redis: {url: redis://cache}",
                  "database.url=postgresql://db",
                  "database.password-file=" + file)
              .gateway();

      assertThat(settings.redis().orElseThrow().password()).contains(new Secret("sesame"));
      assertThat(settings.database().orElseThrow().password()).contains(new Secret("sesame"));
    }

    @Test
    void twoPlacesOfOnePasswordAreRefused() throws IOException {
      var file = Files.writeString(folder.resolve("password"), "sesame");

      assertThat(
              problems(
                  Map.of("ROWCAST_DATABASE_PASSWORD", "x"),
                  "database: {password-file: '" + file + "'}"))
          .containsExactly(
              "environment ROWCAST_DATABASE_PASSWORD: database.password and"
                  + " database.password-file (rowcast.yaml:1) are both set; leave one out");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
      assertThat(problems(Map.of(), "database: {password-file: /nowhere/at/all}"))
          .containsExactly(
              "rowcast.yaml:1: database.password-file: the file '/nowhere/at/all' cannot be read");
    }
  }

  @Test
  void differencesNameTheKeysThatChanged() {
    var before = load(Map.of(), "log: {level: info}");
    var after = load(Map.of(), "log: {level: debug}\ndrain: 3s");

    assertThat(before.differences(after))
        .containsExactly("drain: 2s became 3s", "log.level: info became debug");
    assertThat(before.differences(before)).isEmpty();
  }

  private List<String> problems(Map<String, String> environment, String yaml, String... sets) {
    var failure = catchThrowableOfType(ConfigException.class, () -> load(environment, yaml, sets));
    return failure.problems().stream()
        .map(problem -> problem.replace(folder + "/rowcast.yaml", "rowcast.yaml"))
        .toList();
  }

  private Configuration load(Map<String, String> environment) {
    return Configuration.load(new Sources(Optional.empty(), environment, List.of()));
  }

  private Configuration load(Map<String, String> environment, String yaml, String... sets) {
    var flags = new ArrayList<Sources.Setting>();
    for (var set : sets) {
      var equals = set.indexOf('=');
      flags.add(
          new Sources.Setting(
              "--set " + set.substring(0, equals),
              set.substring(0, equals),
              set.substring(equals + 1)));
    }
    try {
      var file = Files.writeString(folder.resolve("rowcast.yaml"), yaml);
      return Configuration.load(new Sources(Optional.of(file), environment, flags));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String line(Configuration configuration, String key) {
    return configuration.lines().stream()
        .filter(line -> line.key().equals(key))
        .map(line -> line.value() + " from " + line.origin())
        .map(text -> text.replace(folder + "/", ""))
        .findFirst()
        .orElseThrow();
  }

  private static Path resource(String name) {
    return Path.of("src/test/resources/dev/rowcast/config", name);
  }
}
