package dev.rowcast.auth.django;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Proof;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.Remembered;
import dev.rowcast.auth.django.DjangoSettings.Groups;
import dev.rowcast.base.Ticker;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recognises who carries the session cookie of a Django application, as Django's own authentication
 * middleware does.
 *
 * <p>Thread-safe; blocks while the session and the user are looked up.
 *
 * <p>A session that Django would not accept gives nobody, not a refusal: so it is in Django, where
 * such a browser is anonymous. A session of nobody in particular is still a session, with its own
 * channel.
 */
public final class DjangoSessions implements IdentityProvider {
  private static final Logger LOG = LoggerFactory.getLogger(DjangoSessions.class);
  private static final Pattern KEY = Pattern.compile("[0-9A-Za-z]{8,128}");

  /** A session that holds: who, and until when. */
  private record Visitor(Identity identity, Optional<String> userId, Optional<Instant> expires) {}

  private final SessionStore sessions;
  private final UserTable users;
  private final SessionDecoder decoder;
  private final DjangoSettings settings;
  private final InstantSource clock;
  private final Remembered<String, Optional<Visitor>> visitors;

  /** The provider over an application's sessions and users. */
  public DjangoSessions(
      SessionStore sessions,
      UserTable users,
      DjangoSettings settings,
      InstantSource clock,
      Ticker ticker) {
    this.sessions = sessions;
    this.users = users;
    this.settings = settings;
    this.clock = clock;
    this.decoder = new SessionDecoder(settings.keys());
    this.visitors = new Remembered<>(settings.cache(), ticker);
  }

  @Override
  public Recognition identify(Handshake handshake) {
    var key = handshake.cookie(settings.cookie()).filter(text -> KEY.matcher(text).matches());
    if (key.isEmpty()) {
      return new Recognition.Unknown();
    }
    var visitor = visitor(key.get());
    if (visitor.isEmpty()) {
      return new Recognition.Unknown();
    }
    var found = visitor.get();
    return new Recognition.Known(
        found.identity(),
        EnumSet.allOf(Permission.class),
        found.expires(),
        Optional.of(() -> standing(key.get(), found)));
  }

  @Override
  public void forget() {
    visitors.clear();
  }

  /** The same key with another user behind it is another login, hence not the same right. */
  private Proof.Standing standing(String key, Visitor before) {
    var now = visitor(key);
    return now.isPresent() && now.get().userId().equals(before.userId())
        ? new Proof.Standing.Holds(now.get().expires())
        : new Proof.Standing.Gone(CloseReason.REVOKED);
  }

  private Optional<Visitor> visitor(String key) {
    return visitors
        .get(key, () -> look(key))
        .filter(found -> found.expires().map(end -> end.isAfter(clock.instant())).orElse(true));
  }

  private Optional<Visitor> look(String key) {
    return sessions.find(key).flatMap(stored -> read(key, stored));
  }

  private Optional<Visitor> read(String key, SessionStore.Stored stored) {
    return switch (decoder.decode(stored.data())) {
      case DecodedSession.Refused(var why) -> {
        LOG.warn("a Django session is not accepted: {}", why);
        yield Optional.empty();
      }
      case DecodedSession.Read session -> visitor(key, session, stored.expires());
    };
  }

  private Optional<Visitor> visitor(
      String key, DecodedSession.Read session, Optional<Instant> expires) {
    if (session.userId().isEmpty()) {
      var nobody = new Identity(Optional.empty(), session.memberOf(), Optional.of(key));
      return Optional.of(new Visitor(nobody, Optional.empty(), expires));
    }
    var id = session.userId().get();
    return users
        .find(id)
        .filter(user -> user.active() && isLogin(session, user))
        .map(user -> {
          var groups = groups(id, session);
          var identity =
              new Identity(
                  Optional.of(user.name()), groups, Optional.of(key), Map.of("id", List.of(id)));
          return new Visitor(identity, session.userId(), expires);
        });
  }

  private boolean isLogin(DecodedSession.Read session, UserTable.User user) {
    if (settings.keys().isEmpty() || !settings.loginHash()) {
      return true;
    }
    var hashes = new LoginHash(settings.keys());
    return session.loginHash().map(noted -> hashes.fits(noted, user.password())).orElse(false);
  }

  private List<String> groups(String id, DecodedSession.Read session) {
    return settings.groups() == Groups.TABLES ? users.groups(id) : session.memberOf();
  }
}
