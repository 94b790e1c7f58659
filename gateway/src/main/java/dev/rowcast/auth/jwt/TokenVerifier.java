package dev.rowcast.auth.jwt;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.auth.jwt.Verdict.Bad;
import dev.rowcast.auth.jwt.Verdict.Fault;
import dev.rowcast.auth.jwt.Verdict.Good;
import dev.rowcast.base.Ticker;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what a token is worth: signature first, then times, issuer and audience, then who it is.
 *
 * <p>Thread-safe; blocks while keys are fetched.
 */
public final class TokenVerifier implements AutoCloseable {
  private static final int LONGEST = 16 * 1024;

  private final List<KeySource> sources;
  private final JwtSettings settings;
  private final InstantSource clock;

  /** Fetches nothing yet. */
  public TokenVerifier(JwtSettings settings, InstantSource clock, Ticker ticker) {
    this.settings = settings;
    this.clock = clock;
    var found = new ArrayList<KeySource>();
    settings
        .keys()
        .secret()
        .map(VerificationKey::of)
        .ifPresent(key -> found.add(_ -> List.of(key)));
    settings
        .keys()
        .publicKey()
        .map(pem -> VerificationKey.of(Pem.publicKey(pem)))
        .ifPresent(key -> found.add(_ -> List.of(key)));
    settings.keys().jwks().ifPresent(address -> found.add(new RemoteKeys(address, ticker)));
    this.sources = List.copyOf(found);
  }

  /**
   * What this token is worth now.
   *
   * @throws dev.rowcast.auth.IdentityException when the keys cannot be fetched
   */
  public Verdict verify(String token) {
    if (token.length() > LONGEST) {
      return new Bad(Fault.MALFORMED);
    }
    try {
      var jwt = SignedJWT.parse(token);
      var fault = signature(jwt);
      return fault.isPresent() ? new Bad(fault.get()) : claims(jwt.getJWTClaimsSet());
    } catch (ParseException | IllegalArgumentException | IllegalStateException _) {
      return new Bad(Fault.MALFORMED);
    }
  }

  private Optional<Fault> signature(SignedJWT jwt) {
    var header = jwt.getHeader();
    var id = Optional.ofNullable(header.getKeyID());
    var known = false;
    var allowed = false;
    for (var source : sources) {
      for (var key : source.keys(id)) {
        if (id.isPresent() && key.id().isPresent() && !key.id().equals(id)) {
          continue;
        }
        known = true;
        if (!key.allows(header.getAlgorithm())) {
          continue;
        }
        allowed = true;
        if (key.verifies(header, jwt.getSigningInput(), jwt.getSignature())) {
          return Optional.empty();
        }
      }
    }
    if (!known) {
      return Optional.of(Fault.UNKNOWN_KEY);
    }
    return Optional.of(allowed ? Fault.SIGNATURE : Fault.ALGORITHM);
  }

  private Verdict claims(JWTClaimsSet claims) {
    var now = clock.instant();
    if (claims.getExpirationTime() == null) {
      return new Bad(Fault.NO_EXPIRY);
    }
    var expires = claims.getExpirationTime().toInstant().plus(settings.skew());
    if (!now.isBefore(expires)) {
      return new Bad(Fault.EXPIRED);
    }
    var begins = claims.getNotBeforeTime();
    if (begins != null && now.isBefore(begins.toInstant().minus(settings.skew()))) {
      return new Bad(Fault.NOT_YET_VALID);
    }
    if (settings.issuer().isPresent() && !settings.issuer().get().equals(claims.getIssuer())) {
      return new Bad(Fault.ISSUER);
    }
    if (!settings.audience().isEmpty()
        && settings.audience().stream().noneMatch(claims.getAudience()::contains)) {
      return new Bad(Fault.AUDIENCE);
    }
    var user = word(claim(claims.getClaims(), settings.userClaim()));
    if (user.isEmpty()) {
      return new Bad(Fault.NO_USER);
    }
    return new Good(
        user.get(),
        words(claim(claims.getClaims(), settings.groupsClaim())),
        expires,
        all(claims.getClaims()));
  }

  private static Map<String, List<String>> all(Map<String, Object> claims) {
    var all = new HashMap<String, List<String>>();
    claims.forEach((name, claim) -> add(name, claim, all));
    return all;
  }

  private static void add(String name, @Nullable Object claim, Map<String, List<String>> all) {
    switch (claim) {
      case Map<?, ?> inner -> inner.forEach((each, value) -> add(name + "." + each, value, all));
      case List<?> list ->
          all.put(name, list.stream().flatMap(item -> scalar(item).stream()).toList());
      case null, default -> scalar(claim).ifPresent(text -> all.put(name, List.of(text)));
    }
  }

  private static Optional<String> scalar(@Nullable Object claim) {
    return claim instanceof String || claim instanceof Number || claim instanceof Boolean
        ? Optional.of(claim.toString())
        : Optional.empty();
  }

  /** A claim of exactly this name, else what the path with dots leads to. */
  private static @Nullable Object claim(Map<?, ?> claims, String name) {
    if (claims.containsKey(name)) {
      return claims.get(name);
    }
    var dot = name.indexOf('.');
    return dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
        ? claim(inner, name.substring(dot + 1))
        : null;
  }

  private static Optional<String> word(@Nullable Object claim) {
    return switch (claim) {
      case String text when !text.isEmpty() -> Optional.of(text);
      case Integer number -> Optional.of(number.toString());
      case Long number -> Optional.of(number.toString());
      case null, default -> Optional.empty();
    };
  }

  /** A list, or words between spaces as in a scope. */
  private static List<String> words(@Nullable Object claim) {
    return switch (claim) {
      case List<?> list -> list.stream().flatMap(item -> word(item).stream()).toList();
      case String text when !text.isBlank() -> List.of(text.strip().split("\\s+"));
      case null, default -> List.of();
    };
  }

  @Override
  public void close() {
    sources.forEach(KeySource::close);
  }
}
