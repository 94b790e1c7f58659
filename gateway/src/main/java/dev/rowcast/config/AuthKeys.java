package dev.rowcast.config;

import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.SessionKeys;
import dev.rowcast.auth.django.DjangoSettings;
import dev.rowcast.auth.jwt.JwtSettings;
import dev.rowcast.auth.jwt.TokenPlace;
import dev.rowcast.auth.webhook.WebhookSettings;
import dev.rowcast.base.Secret;
import dev.rowcast.lookup.DjangoNames;
import dev.rowcast.lookup.DjangoSource;
import dev.rowcast.lookup.DjangoSource.RedisSessions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The part of {@link Keys} that says by what clients are recognised. Immutable. */
final class AuthKeys {
  private static final IdentitySettings IDENTITIES = IdentitySettings.DEFAULTS;
  private static final DjangoSettings DJANGO = DjangoSettings.DEFAULTS;
  private static final DjangoNames NAMES = DjangoNames.DEFAULTS;
  private static final JwtSettings JWT = JwtSettings.DEFAULTS;
  private static final WebhookSettings WEBHOOK = WebhookSettings.DEFAULTS;

  /** Where Django keeps its sessions. */
  enum Engine {
    DATABASE,
    REDIS
  }

  static final Key<Duration> RECHECK =
      Key.of(
          "auth.recheck",
          Types.duration(),
          IDENTITIES.recheck(),
          IdentitySettings.class,
          "Within which time an open connection is looked at again: whether its session is still"
              + " there, whether the application still knows it.",
          "1m");
  static final Key<SessionKeys> SESSION_KEYS =
      Key.of(
          "auth.session-keys",
          Types.word(SessionKeys.class),
          IDENTITIES.sessionKeys(),
          IdentitySettings.class,
          "What stands for a session's key in the names of channels: the key itself, as in"
              + " ws4redis, or its SHA-256 in hex.",
          "hashed");
  static final Key<Optional<Engine>> DJANGO_ENGINE =
      Key.of(
          "auth.django.engine",
          Types.nullable(Types.word(Engine.class)),
          Optional.empty(),
          DjangoSource.class,
          "Where a Django application keeps its sessions; null: nobody is recognised by them.",
          "database");
  static final Key<String> DJANGO_COOKIE =
      Key.of(
          "auth.django.cookie",
          Types.text("the name of a cookie"),
          DJANGO.cookie(),
          DjangoSettings.class,
          "Django's SESSION_COOKIE_NAME.",
          "app_session");
  static final Key<Optional<Secret>> DJANGO_SECRET =
      Key.of(
          "auth.django.secret-key",
          Types.nullable(Types.secret()),
          Optional.empty(),
          DjangoSettings.class,
          "Django's SECRET_KEY. With it a session's signature is checked, and that its user's"
              + " password has not changed since the login.",
          "@/run/secrets/django");
  static final Key<Optional<Path>> DJANGO_SECRET_FILE =
      Key.of(
          "auth.django.secret-key-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          DjangoSettings.class,
          "A file that holds SECRET_KEY and nothing else.",
          "/run/secrets/django");
  static final Key<List<Secret>> DJANGO_FALLBACKS =
      Key.of(
          "auth.django.secret-key-fallbacks",
          Types.listOf(Types.secret()),
          List.of(),
          DjangoSettings.class,
          "Django's SECRET_KEY_FALLBACKS: keys that were SECRET_KEY before.",
          "[the-key-before]");
  static final Key<DjangoSettings.Groups> DJANGO_GROUPS =
      Key.of(
          "auth.django.groups",
          Types.word(DjangoSettings.Groups.class),
          DJANGO.groups(),
          DjangoSettings.class,
          "Where the names of a user's groups come from: what ws4redis noted in the session at the"
              + " login, or the tables as they are now.",
          "tables");
  static final Key<Boolean> DJANGO_LOGIN_HASH =
      Key.of(
          "auth.django.login-hash",
          Types.yesOrNo(),
          DJANGO.loginHash(),
          DjangoSettings.class,
          "Whether a changed password ends a session; false for a user model with a"
              + " get_session_auth_hash of its own.",
          "false");
  static final Key<Duration> DJANGO_CACHE =
      Key.of(
          "auth.django.cache",
          Types.duration(),
          DJANGO.cache(),
          DjangoSettings.class,
          "How long an answer about a session is kept.",
          "2s");
  static final Key<Optional<Secret>> DJANGO_DATABASE =
      Key.of(
          "auth.django.database-url",
          Types.nullable(Types.url("postgresql://user@host:port/database?sslmode=…")),
          Optional.empty(),
          DjangoSource.class,
          "The application's database, where its users are; null: the one of database.url.",
          "postgresql://rowcast@localhost/site");
  static final Key<Optional<Secret>> DJANGO_REDIS =
      Key.of(
          "auth.django.redis-url",
          Types.nullable(Types.url("redis://[user:password@]host:port/db")),
          Optional.empty(),
          DjangoSource.class,
          "The Redis of engine redis; null: the one of redis.url.",
          "redis://localhost:6379/1");
  static final Key<String> DJANGO_REDIS_KEY =
      Key.of(
          "auth.django.redis-key",
          Types.text("a text that holds {key}"),
          RedisSessions.USUAL_KEY,
          DjangoSource.class,
          "The name of a session's key in that Redis. The default is that of Django's cache engine;"
              + " the package redis_sessions has session:{key} or {key}.",
          "\"session:{key}\"");
  static final Key<String> DJANGO_SESSIONS =
      Key.of(
          "auth.django.session-table",
          Types.text("a table"),
          NAMES.sessions(),
          DjangoNames.class,
          "The table of sessions.",
          "site.django_session");
  static final Key<String> DJANGO_USERS =
      Key.of(
          "auth.django.user-table",
          Types.text("a table"),
          NAMES.users(),
          DjangoNames.class,
          "The table of users.",
          "accounts_user");
  static final Key<String> DJANGO_USER_ID =
      Key.of(
          "auth.django.user-id-column",
          Types.text("a column"),
          NAMES.id(),
          DjangoNames.class,
          "Its primary key.",
          "uuid");
  static final Key<String> DJANGO_USER_NAME =
      Key.of(
          "auth.django.user-name-column",
          Types.text("a column"),
          NAMES.name(),
          DjangoNames.class,
          "What stands for a user in the names of channels: the model's USERNAME_FIELD.",
          "email");
  static final Key<Optional<String>> DJANGO_USER_ACTIVE =
      Key.of(
          "auth.django.user-active-column",
          Types.nullable(Types.text("a column")),
          NAMES.active(),
          DjangoNames.class,
          "Whether a user may log in; null: the model has no such column.",
          "null");
  static final Key<String> DJANGO_MEMBERSHIPS =
      Key.of(
          "auth.django.membership-table",
          Types.text("a table"),
          NAMES.memberships(),
          DjangoNames.class,
          "The table between users and groups.",
          "accounts_user_groups");
  static final Key<String> DJANGO_MEMBER =
      Key.of(
          "auth.django.membership-user-column",
          Types.text("a column"),
          NAMES.member(),
          DjangoNames.class,
          "Its column of users.",
          "account_id");
  static final Key<Optional<Secret>> JWT_SECRET =
      Key.of(
          "auth.jwt.secret",
          Types.nullable(Types.secret()),
          Optional.empty(),
          JwtSettings.class,
          "The key of HS256, HS384 and HS512, at least 32 bytes.",
          "@/run/secrets/jwt");
  static final Key<Optional<Path>> JWT_SECRET_FILE =
      Key.of(
          "auth.jwt.secret-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          JwtSettings.class,
          "A file that holds that key and nothing else.",
          "/run/secrets/jwt");
  static final Key<Optional<Path>> JWT_PUBLIC_KEY_FILE =
      Key.of(
          "auth.jwt.public-key-file",
          Types.nullable(Types.path()),
          Optional.empty(),
          JwtSettings.class,
          "A public key or a certificate in PEM: RSA for RS and PS, EC for ES, Ed25519 for EdDSA.",
          "/etc/rowcast/jwt.pem");
  static final Key<Optional<URI>> JWT_JWKS =
      Key.of(
          "auth.jwt.jwks",
          Types.nullable(AuthKeys.uri()),
          Optional.empty(),
          JwtSettings.class,
          "Where the issuer publishes its keys; fetched when needed, kept for ten minutes, fetched"
              + " anew for a key that is not known, at most every ten seconds.",
          "\"https://id.example.org/.well-known/jwks.json\"");
  static final Key<Optional<String>> JWT_ISSUER =
      Key.of(
          "auth.jwt.issuer",
          Types.nullable(Types.text("a text")),
          Optional.empty(),
          JwtSettings.class,
          "What iss must be; null: anything.",
          "\"https://id.example.org/\"");
  static final Key<List<String>> JWT_AUDIENCE =
      Key.of(
          "auth.jwt.audience",
          Types.listOf(Types.text("a text")),
          JWT.audience(),
          JwtSettings.class,
          "What aud must hold one of; empty: anything.",
          "rowcast");
  static final Key<Duration> JWT_SKEW =
      Key.of(
          "auth.jwt.clock-skew",
          Types.duration(),
          JWT.skew(),
          JwtSettings.class,
          "By how much the issuer's clock may differ from ours.",
          "5s");
  static final Key<String> JWT_USER =
      Key.of(
          "auth.jwt.user-claim",
          Types.text("the name of a claim"),
          JWT.userClaim(),
          JwtSettings.class,
          "The claim that names the user; dots lead into objects.",
          "preferred_username");
  static final Key<String> JWT_GROUPS =
      Key.of(
          "auth.jwt.groups-claim",
          Types.text("the name of a claim"),
          JWT.groupsClaim(),
          JwtSettings.class,
          "The claim with the list of groups; dots lead into objects.",
          "realm_access.roles");
  static final Key<List<TokenPlace>> JWT_FROM =
      Key.of(
          "auth.jwt.from",
          Types.listOf(
              Types.parsed(
                  "header, subprotocol, cookie:NAME or query:NAME",
                  TokenPlace::parse,
                  TokenPlace::written)),
          JWT.from(),
          JwtSettings.class,
          "Where tokens are looked for, the first that is found counts: Authorization: Bearer, a"
              + " subprotocol rowcast.jwt.TOKEN, a cookie, a query parameter (which stands in every"
              + " log on the way).",
          "[header, cookie:jwt]");
  static final Key<Optional<URI>> WEBHOOK_URL =
      Key.of(
          "auth.webhook.url",
          Types.nullable(AuthKeys.uri()),
          Optional.empty(),
          WebhookSettings.class,
          "Whom to ask who a client is; null: nobody.",
          "http://127.0.0.1:8080/whoami");
  static final Key<List<String>> WEBHOOK_FORWARD =
      Key.of(
          "auth.webhook.forward",
          Types.listOf(Types.text("the name of a header")),
          WEBHOOK.forward(),
          WebhookSettings.class,
          "Headers of the client that are passed on; a client with none of them is not asked"
              + " about.",
          "[cookie]");
  static final Key<Duration> WEBHOOK_TIMEOUT =
      Key.of(
          "auth.webhook.timeout",
          Types.duration(),
          WEBHOOK.timeout(),
          WebhookSettings.class,
          "How long an answer may take.",
          "500ms");
  static final Key<Duration> WEBHOOK_CACHE =
      Key.of(
          "auth.webhook.cache",
          Types.duration(),
          WEBHOOK.cache(),
          WebhookSettings.class,
          "How long an answer is kept.",
          "10s");

  /** Each of them, in the order of the reference page. */
  static final List<Key<?>> ALL =
      List.of(
          RECHECK,
          SESSION_KEYS,
          DJANGO_ENGINE,
          DJANGO_COOKIE,
          DJANGO_SECRET,
          DJANGO_SECRET_FILE,
          DJANGO_FALLBACKS,
          DJANGO_GROUPS,
          DJANGO_LOGIN_HASH,
          DJANGO_CACHE,
          DJANGO_DATABASE,
          DJANGO_REDIS,
          DJANGO_REDIS_KEY,
          DJANGO_SESSIONS,
          DJANGO_USERS,
          DJANGO_USER_ID,
          DJANGO_USER_NAME,
          DJANGO_USER_ACTIVE,
          DJANGO_MEMBERSHIPS,
          DJANGO_MEMBER,
          JWT_SECRET,
          JWT_SECRET_FILE,
          JWT_PUBLIC_KEY_FILE,
          JWT_JWKS,
          JWT_ISSUER,
          JWT_AUDIENCE,
          JWT_SKEW,
          JWT_USER,
          JWT_GROUPS,
          JWT_FROM,
          WEBHOOK_URL,
          WEBHOOK_FORWARD,
          WEBHOOK_TIMEOUT,
          WEBHOOK_CACHE);

  private AuthKeys() {}

  private static Type<URI> uri() {
    return Types.parsed("an address", URI::create, URI::toString);
  }
}
