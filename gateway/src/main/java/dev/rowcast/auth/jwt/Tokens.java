package dev.rowcast.auth.jwt;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.jwt.Verdict.Fault;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Permission;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Recognises who shows a good token.
 *
 * <p>Thread-safe.
 *
 * <p>The first token found counts, in the order of {@code auth.jwt.from}. A bearer token that is no
 * JWT at all may be meant for a later provider and is left to it.
 */
public final class Tokens implements IdentityProvider {
  private final TokenVerifier verifier;
  private final JwtSettings settings;

  /** The provider of these settings; {@code verifier} is closed with it. */
  public Tokens(TokenVerifier verifier, JwtSettings settings) {
    this.verifier = verifier;
    this.settings = settings;
  }

  @Override
  public Recognition identify(Handshake handshake) {
    for (var place : settings.from()) {
      var token = place.token(handshake);
      if (token.isPresent()) {
        return recognised(verifier.verify(token.get()), place.isOurs());
      }
    }
    return new Recognition.Unknown();
  }

  private static Recognition recognised(Verdict verdict, boolean ours) {
    return switch (verdict) {
      case Verdict.Good good ->
          new Recognition.Known(
              new Identity(
                  Optional.of(good.user()), good.groups(), Optional.empty(), good.claims()),
              EnumSet.allOf(Permission.class),
              Optional.of(good.expires()),
              Optional.empty());
      case Verdict.Bad(var fault) when fault == Fault.MALFORMED && !ours ->
          new Recognition.Unknown();
      case Verdict.Bad(var fault) ->
          new Recognition.Rejected(
              fault == Fault.EXPIRED ? CloseReason.TOKEN_EXPIRED : CloseReason.UNRECOGNISED,
              "a token is not accepted: " + fault.sentence());
    };
  }

  @Override
  public void close() {
    verifier.close();
  }
}
