package dev.rowcast.auth.jwt;

import dev.rowcast.base.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which tokens are good: {@code auth.jwt}.
 *
 * <p>Immutable.
 *
 * @param issuer what {@code iss} must be; empty: anything
 * @param audience what {@code aud} must hold one of; empty: anything
 * @param skew by how much the clocks of issuer and gateway may differ
 * @param userClaim the claim that names the user, by its name or by a path with dots
 * @param groupsClaim the same for the list of groups
 * @param from where tokens are looked for, in this order
 */
public record JwtSettings(
    Keys keys,
    Optional<String> issuer,
    List<String> audience,
    Duration skew,
    String userClaim,
    String groupsClaim,
    List<TokenPlace> from) {

  /**
   * By what signatures are checked; at least one.
   *
   * @param secret for HS256, HS384 and HS512
   * @param publicKey in PEM: RSA for RS and PS, EC for ES, Ed25519 for EdDSA
   * @param jwks where the issuer publishes its public keys
   */
  public record Keys(Optional<Secret> secret, Optional<String> publicKey, Optional<URI> jwks) {
    /** Refuses what cannot be safe or cannot be fetched. */
    public Keys {
      // RFC 7518 section 3.2: a key as long as the hash.
      if (secret.isPresent()
          && secret.get().reveal().getBytes(StandardCharsets.UTF_8).length < 32) {
        throw new IllegalArgumentException(
            "auth.jwt.secret is shorter than 32 bytes: such a key can be guessed");
      }
      publicKey.ifPresent(Pem::publicKey);
      jwks.ifPresent(Keys::check);
    }

    private static void check(URI jwks) {
      var scheme = jwks.getScheme() == null ? "" : jwks.getScheme().toLowerCase(Locale.ROOT);
      if (jwks.getHost() == null || !List.of("http", "https").contains(scheme)) {
        throw new IllegalArgumentException(
            "auth.jwt.jwks is '"
                + jwks
                + "', must be an address such as https://id.example.org/keys");
      }
    }

    /** Whether there is none. */
    public boolean isEmpty() {
      return secret.isEmpty() && publicKey.isEmpty() && jwks.isEmpty();
    }
  }

  /** What the defaults are but for the keys, which have none. */
  public static final JwtSettings DEFAULTS =
      new JwtSettings(
          new Keys(Optional.empty(), Optional.empty(), Optional.empty()),
          Optional.empty(),
          List.of(),
          Duration.ofSeconds(30),
          "sub",
          "groups",
          List.of(new TokenPlace.Header(), new TokenPlace.Subprotocol()));

  /** Refuses a skew that would make expiry meaningless. */
  public JwtSettings {
    audience = List.copyOf(audience);
    from = List.copyOf(from);
    if (skew.isNegative() || skew.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "auth.jwt.clock-skew is " + skew + ", must be from 0s to 10m");
    }
    if (userClaim.isEmpty() || groupsClaim.isEmpty()) {
      throw new IllegalArgumentException(
          "auth.jwt.user-claim and auth.jwt.groups-claim must name a claim");
    }
  }
}
