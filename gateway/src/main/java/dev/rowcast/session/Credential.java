package dev.rowcast.session;

import dev.rowcast.auth.Proof;
import dev.rowcast.auth.Recognition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What ends a client's right while it is connected: its expiry, and a proof that may fail. Only
 * clients that have one of them carry this.
 *
 * <p>Confined to its event loop. Time is the ticker's: a wall clock that jumps ends nobody.
 */
final class Credential {
  private final @Nullable Proof proof;
  private boolean expires;
  private long expiry;
  private long check;
  private boolean checking;

  private Credential(@Nullable Proof proof) {
    this.proof = proof;
  }

  /**
   * What these knows of ends; null: nothing ends it.
   *
   * @param share from 0 to 1: by this share of a quarter the first look is early, so that those who
   *     came together are not looked at together
   */
  static @Nullable Credential of(Recognition.Known known, Sessions sessions, double share) {
    if (known.expires().isEmpty() && known.proof().isEmpty()) {
      return null;
    }
    var credential = new Credential(known.proof().orElse(null));
    credential.lasts(known.expires(), sessions);
    var every = sessions.recheckEvery().toNanos();
    credential.check = sessions.ticker().nanoTime() + every - (long) (every * share / 4);
    return credential;
  }

  /** It holds on, until then. */
  void lasts(Optional<Instant> until, Sessions sessions) {
    expires = until.isPresent();
    if (expires) {
      expiry = sessions.ticker().nanoTime() + sessions.until(until.get()).toNanos();
    }
  }

  /** How long it holds, if a newer token is needed then. */
  Optional<Duration> left(long now) {
    return expires && proof == null
        ? Optional.of(Duration.ofNanos(Math.max(0, expiry - now)))
        : Optional.empty();
  }

  boolean isOver(long now) {
    return expires && now - expiry >= 0;
  }

  /** Whether it is over and nothing can put its end off: a session's may have moved since. */
  boolean isOverForGood(long now) {
    return proof == null && isOver(now);
  }

  /** The proof, when it is to be looked at again. */
  @Nullable Proof due(long now) {
    return proof != null && !checking && (now - check >= 0 || isOver(now)) ? proof : null;
  }

  boolean isChecking() {
    return checking;
  }

  void checking() {
    checking = true;
  }

  /** The answer is there; the next look is due then. */
  void checked(long next) {
    checking = false;
    check = next;
  }
}
