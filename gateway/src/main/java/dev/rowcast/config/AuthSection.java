package dev.rowcast.config;

import dev.rowcast.auth.IdentitySettings;
import dev.rowcast.auth.django.DjangoSettings;
import dev.rowcast.auth.jwt.JwtSettings;
import dev.rowcast.auth.webhook.WebhookSettings;
import dev.rowcast.base.Secret;
import dev.rowcast.gateway.AuthSettings;
import dev.rowcast.lookup.DjangoNames;
import dev.rowcast.lookup.DjangoSource;
import dev.rowcast.lookup.DjangoSource.RedisSessions;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes the settings of {@code auth}: which providers there are, and that each has what it needs.
 *
 * <p>Confined to one thread.
 */
record AuthSection(Values values, Problems problems) {

  /** The settings, or nothing after saying what is wrong. */
  Optional<AuthSettings> settings(
      Optional<DatabaseSettings> database, Optional<RedisSettings> redis) {
    var before = problems.count();
    var identities =
        records()
            .built(() ->
                new IdentitySettings(
                    values.get(AuthKeys.RECHECK), values.get(AuthKeys.SESSION_KEYS)));
    var django = django(database, redis);
    var jwt = jwt();
    var webhook = webhook();
    return problems.count() == before
        ? identities.map(common -> new AuthSettings(common, django, jwt, webhook))
        : Optional.empty();
  }

  private RecordBuilder records() {
    return new RecordBuilder(values, problems);
  }

  private Optional<DjangoSource> django(
      Optional<DatabaseSettings> database, Optional<RedisSettings> redis) {
    var engine = values.get(AuthKeys.DJANGO_ENGINE);
    if (engine.isEmpty()) {
      refuseLeftOver("auth.django.", "auth.django.engine");
      return Optional.empty();
    }
    var where =
        values
            .get(AuthKeys.DJANGO_DATABASE)
            .map(url -> new DatabaseSettings(url, Optional.empty()))
            .or(() -> database);
    if (where.isEmpty()) {
      missing("auth.django needs a database, where users are: set auth.django.database-url");
    }
    var sessions =
        engine.get() == AuthKeys.Engine.REDIS ? sessions(redis) : Optional.<RedisSessions>empty();
    var reading =
        records()
            .built(() ->
                new DjangoSettings(
                    values.get(AuthKeys.DJANGO_COOKIE),
                    djangoKeys(),
                    values.get(AuthKeys.DJANGO_GROUPS),
                    values.get(AuthKeys.DJANGO_LOGIN_HASH),
                    values.get(AuthKeys.DJANGO_CACHE)));
    var names = names();
    return where.isEmpty() || reading.isEmpty() || names.isEmpty()
        ? Optional.empty()
        : Optional.of(new DjangoSource(reading.get(), names.get(), where.get(), sessions));
  }

  private Optional<DjangoNames> names() {
    return records()
        .built(() ->
            new DjangoNames(
                values.get(AuthKeys.DJANGO_SESSIONS),
                values.get(AuthKeys.DJANGO_USERS),
                values.get(AuthKeys.DJANGO_USER_ID),
                values.get(AuthKeys.DJANGO_USER_NAME),
                values.get(AuthKeys.DJANGO_USER_ACTIVE),
                values.get(AuthKeys.DJANGO_MEMBERSHIPS),
                values.get(AuthKeys.DJANGO_MEMBER)));
  }

  private Optional<RedisSessions> sessions(Optional<RedisSettings> redis) {
    var where =
        values
            .get(AuthKeys.DJANGO_REDIS)
            .flatMap(url ->
                records()
                    .built(() ->
                        new RedisSettings(
                            url, Optional.empty(), "", RedisSettings.DEFAULTS.expire())))
            .or(() -> redis);
    if (where.isEmpty()) {
      missing("auth.django.engine is redis and there is none: set auth.django.redis-url");
      return Optional.empty();
    }
    return records()
        .built(() -> new RedisSessions(where.get(), values.get(AuthKeys.DJANGO_REDIS_KEY)));
  }

  private List<Secret> djangoKeys() {
    var keys = new ArrayList<Secret>();
    records().secret(AuthKeys.DJANGO_SECRET, AuthKeys.DJANGO_SECRET_FILE).ifPresent(keys::add);
    if (keys.isEmpty() && !values.get(AuthKeys.DJANGO_FALLBACKS).isEmpty()) {
      problems.add(
          values.origin(AuthKeys.DJANGO_FALLBACKS.name()),
          "auth.django.secret-key-fallbacks is set, auth.django.secret-key is not");
    }
    keys.addAll(values.get(AuthKeys.DJANGO_FALLBACKS));
    return keys;
  }

  private Optional<JwtSettings> jwt() {
    var secret = records().secret(AuthKeys.JWT_SECRET, AuthKeys.JWT_SECRET_FILE);
    var publicKey = records().content(AuthKeys.JWT_PUBLIC_KEY_FILE).map(Secret::reveal);
    var jwks = values.get(AuthKeys.JWT_JWKS);
    if (secret.isEmpty() && publicKey.isEmpty() && jwks.isEmpty()) {
      refuseLeftOver(
          "auth.jwt.", "auth.jwt.secret-file, auth.jwt.public-key-file or auth.jwt.jwks");
      return Optional.empty();
    }
    return records()
        .built(() ->
            new JwtSettings(
                new JwtSettings.Keys(secret, publicKey, jwks),
                values.get(AuthKeys.JWT_ISSUER),
                values.get(AuthKeys.JWT_AUDIENCE),
                values.get(AuthKeys.JWT_SKEW),
                values.get(AuthKeys.JWT_USER),
                values.get(AuthKeys.JWT_GROUPS),
                values.get(AuthKeys.JWT_FROM)));
  }

  private Optional<WebhookSettings> webhook() {
    var url = values.get(AuthKeys.WEBHOOK_URL);
    if (url.isEmpty()) {
      refuseLeftOver("auth.webhook.", "auth.webhook.url");
      return Optional.empty();
    }
    return records()
        .built(() ->
            new WebhookSettings(
                url.get(),
                values.get(AuthKeys.WEBHOOK_FORWARD),
                values.get(AuthKeys.WEBHOOK_TIMEOUT),
                values.get(AuthKeys.WEBHOOK_CACHE)));
  }

  /** Who sets part of a provider means it to be there. */
  private void refuseLeftOver(String block, String switchedOnBy) {
    written(block)
        .findFirst()
        .ifPresent(key ->
            problems.add(
                values.origin(key.name()),
                key.name() + " is set, and nothing switches it on: set " + switchedOnBy));
  }

  private Stream<Key<?>> written(String block) {
    return AuthKeys.ALL.stream()
        .filter(key -> key.name().startsWith(block))
        .filter(key ->
            values.written(key).isPresent()
                && !(values.written(key).get() instanceof Value.Nothing));
  }

  private void missing(String sentence) {
    problems.add(values.origin(AuthKeys.DJANGO_ENGINE.name()), sentence);
  }
}
