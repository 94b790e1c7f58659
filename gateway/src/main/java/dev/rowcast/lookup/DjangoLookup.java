package dev.rowcast.lookup;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.django.DjangoSessions;
import dev.rowcast.auth.django.DjangoSettings;
import dev.rowcast.auth.django.SessionStore;
import dev.rowcast.auth.django.UserTable;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.redis.RedisValues;
import dev.rowcast.postgres.Database;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The Django provider with its connections to where the application keeps sessions and users.
 *
 * <p>Thread-safe; blocks.
 */
public final class DjangoLookup implements IdentityProvider {
  private final Connections connections;
  private final Optional<RedisValues> redis;
  private final SessionStore store;
  private final UserTable users;
  private final DjangoSource source;
  private final DjangoSessions sessions;

  /** Connects to nothing yet: database and Redis may be away. */
  public DjangoLookup(DjangoSource source, InstantSource clock, Ticker ticker) {
    connections = new Connections(new Database(source.database()));
    redis = source.redis().map(where -> new RedisValues(where.redis()));
    this.source = source;
    users = new DjangoUserTable(connections, source.names());
    store =
        redis.isPresent()
            ? new RedisSessionStore(redis.get(), source.redis().orElseThrow().key())
            : new DjangoSessionTable(connections, source.names());
    sessions = new DjangoSessions(store, users, source.reading(), clock, ticker);
  }

  /**
   * Asks once for everything that a client's recognition asks for.
   *
   * @throws dev.rowcast.auth.IdentityException with a sentence, when something cannot be read
   */
  public void check() {
    var _ = store.find("rowcastdoctor");
    var _ = users.find("0");
    if (source.reading().groups() == DjangoSettings.Groups.TABLES) {
      var _ = users.groups("0");
    }
  }

  @Override
  public Recognition identify(Handshake handshake) {
    return sessions.identify(handshake);
  }

  @Override
  public void forget() {
    sessions.forget();
  }

  @Override
  public void close() {
    connections.close();
    redis.ifPresent(RedisValues::close);
  }
}
