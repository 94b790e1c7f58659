package dev.rowcast.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.jwt.Verdict.Bad;
import dev.rowcast.auth.jwt.Verdict.Fault;
import dev.rowcast.auth.jwt.Verdict.Good;
import dev.rowcast.base.Secret;
import dev.rowcast.testing.FakeTicker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Good and bad tokens, and what becomes of each. */
final class TokenVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final long T = NOW.getEpochSecond();
  private static final String SECRET = "a shared secret of 48 bytes, enough for HS384....";
  private static final KeyPair RSA = Issuer.rsa();
  private static final KeyPair OTHER_RSA = Issuer.rsa();
  private static final KeyPair EC = Issuer.ec("secp256r1");
  private static final KeyPair EC384 = Issuer.ec("secp384r1");
  private static final KeyPair EDWARDS = Issuer.edwards();
  private static final Optional<String> NO_ID = Optional.empty();

  private final FakeTicker ticker = new FakeTicker();

  private TokenVerifier verifier(
      Optional<String> secret, Optional<KeyPair> key, Optional<URI> jwks) {
    var keys = new JwtSettings.Keys(secret.map(Secret::new), key.map(Issuer::publicPem), jwks);
    return new TokenVerifier(
        new JwtSettings(
            keys,
            Optional.of("https://id"),
            List.of("rowcast", "other"),
            Duration.ofSeconds(30),
            "sub",
            "realm.roles",
            JwtSettings.DEFAULTS.from()),
        () -> NOW,
        ticker);
  }

  private TokenVerifier bySecret() {
    return verifier(Optional.of(SECRET), Optional.empty(), Optional.empty());
  }

  private TokenVerifier byKey(KeyPair key) {
    return verifier(Optional.empty(), Optional.of(key), Optional.empty());
  }

  private TokenVerifier byJwks(KeyServer server) {
    return verifier(Optional.empty(), Optional.empty(), Optional.of(server.address()));
  }

  /** Claims that are good in every way, with {@code more} put over them. */
  private static String claims(String more) {
    var all = good();
    ((ObjectNode) JsonMapper.shared().readTree("{" + more + "}"))
        .properties()
        .forEach(claim -> all.set(claim.getKey(), claim.getValue()));
    return all.toString();
  }

  private static String without(String claim) {
    var all = good();
    all.remove(claim);
    return all.toString();
  }

  private static ObjectNode good() {
    var claims = JsonMapper.shared().createObjectNode();
    claims.put("iss", "https://id").put("aud", "rowcast").put("sub", "ann").put("exp", T + 600);
    claims.putObject("realm").putArray("roles").add("staff").add("night");
    return claims;
  }

  private static Good ann() {
    return good(630, List.of("staff", "night"), List.of("staff", "night"));
  }

  private static Good saying(String claim, String... values) {
    var claims = new HashMap<>(ann().claims());
    claims.put(claim, List.of(values));
    return new Good("ann", ann().groups(), ann().expires(), claims);
  }

  /** As {@link #good} says, with other groups. */
  private static Good good(int seconds, List<String> groups, List<String> claimed) {
    var claims = new HashMap<String, List<String>>();
    claims.put("iss", List.of("https://id"));
    claims.put("aud", List.of("rowcast"));
    claims.put("sub", List.of("ann"));
    if (!claimed.isEmpty()) {
      claims.put("realm.roles", claimed);
    }
    return new Good("ann", groups, NOW.plusSeconds(seconds), claims);
  }

  static Stream<Arguments> secretTokens() {
    var good = Issuer.token(SECRET, "HS256", claims(""));
    return Stream.of(
        Arguments.of("HS256", good, ann()),
        Arguments.of("HS384", Issuer.token(SECRET, "HS384", claims("")), ann()),
        Arguments.of(
            "HS512, for which the secret is too short",
            Issuer.token(SECRET + SECRET, "HS512", claims("")),
            bad(Fault.ALGORITHM)),
        Arguments.of(
            "expired within the skew",
            Issuer.token(SECRET, "HS256", claims("\"exp\":" + (T - 29))),
            good(1, List.of("staff", "night"), List.of("staff", "night"))),
        Arguments.of(
            "expired",
            Issuer.token(SECRET, "HS256", claims("\"exp\":" + (T - 30))),
            bad(Fault.EXPIRED)),
        Arguments.of(
            "without expiry", Issuer.token(SECRET, "HS256", without("exp")), bad(Fault.NO_EXPIRY)),
        Arguments.of(
            "not yet valid within the skew",
            Issuer.token(SECRET, "HS256", claims("\"nbf\":" + (T + 30))),
            ann()),
        Arguments.of(
            "not yet valid",
            Issuer.token(SECRET, "HS256", claims("\"nbf\":" + (T + 31))),
            bad(Fault.NOT_YET_VALID)),
        Arguments.of(
            "wrong key",
            Issuer.token(SECRET.replace('a', 'b'), "HS256", claims("")),
            bad(Fault.SIGNATURE)),
        Arguments.of("alg none", Issuer.unsigned(claims("")), bad(Fault.MALFORMED)),
        Arguments.of(
            "alg none behind a signed token",
            Issuer.withHeader(good, "{\"alg\":\"none\"}"),
            bad(Fault.MALFORMED)),
        Arguments.of(
            "alg NONE, spelt otherwise",
            Issuer.withHeader(good, "{\"alg\":\"NonE\"}"),
            bad(Fault.ALGORITHM)),
        Arguments.of(
            "RS256 where a secret is meant",
            Issuer.token(RSA, "RS256", NO_ID, claims("")),
            bad(Fault.ALGORITHM)),
        Arguments.of(
            "claims changed",
            Issuer.withClaims(good, claims("\"sub\":\"root\"")),
            bad(Fault.SIGNATURE)),
        Arguments.of(
            "no signature", good.substring(0, good.lastIndexOf('.') + 1), bad(Fault.MALFORMED)),
        Arguments.of(
            "wrong audience",
            Issuer.token(SECRET, "HS256", claims("\"aud\":\"bank\"")),
            bad(Fault.AUDIENCE)),
        Arguments.of(
            "one audience of several",
            Issuer.token(SECRET, "HS256", claims("\"aud\":[\"bank\",\"other\"]")),
            saying("aud", "bank", "other")),
        Arguments.of(
            "no audience", Issuer.token(SECRET, "HS256", without("aud")), bad(Fault.AUDIENCE)),
        Arguments.of(
            "wrong issuer",
            Issuer.token(SECRET, "HS256", claims("\"iss\":\"https://evil\"")),
            bad(Fault.ISSUER)),
        Arguments.of("no issuer", Issuer.token(SECRET, "HS256", without("iss")), bad(Fault.ISSUER)),
        Arguments.of("no user", Issuer.token(SECRET, "HS256", without("sub")), bad(Fault.NO_USER)),
        Arguments.of(
            "an empty user",
            Issuer.token(SECRET, "HS256", claims("\"sub\":\"\"")),
            bad(Fault.NO_USER)),
        Arguments.of(
            "groups as words",
            Issuer.token(SECRET, "HS256", claims("\"realm\":{\"roles\":\"a b\"}")),
            good(630, List.of("a", "b"), List.of("a b"))),
        Arguments.of(
            "groups missing",
            Issuer.token(SECRET, "HS256", without("realm")),
            good(630, List.of(), List.of())),
        Arguments.of(
            "unknown critical header",
            Issuer.withHeader(good, "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}"),
            bad(Fault.SIGNATURE)),
        Arguments.of(
            "exp is a text",
            Issuer.withClaims(good, claims("\"exp\":\"soon\"")),
            bad(Fault.SIGNATURE)),
        Arguments.of("not a token", "hello", bad(Fault.MALFORMED)),
        Arguments.of("dots", "..", bad(Fault.MALFORMED)),
        Arguments.of("nothing", "", bad(Fault.MALFORMED)),
        Arguments.of("huge", "a.".repeat(20_000), bad(Fault.MALFORMED)));
  }

  private static Bad bad(Fault fault) {
    return new Bad(fault);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("secretTokens")
  void byASharedSecret(String what, String token, Verdict expected) {
    assertThat(bySecret().verify(token)).as(what).isEqualTo(expected);
  }

  static Stream<Arguments> publicKeyTokens() {
    var publicBytes = Issuer.publicPem(RSA).getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        Arguments.of("RS256", RSA, Issuer.token(RSA, "RS256", NO_ID, claims("")), ann()),
        Arguments.of("PS512", RSA, Issuer.token(RSA, "PS512", NO_ID, claims("")), ann()),
        Arguments.of("ES256", EC, Issuer.token(EC, "ES256", NO_ID, claims("")), ann()),
        Arguments.of("ES384", EC384, Issuer.token(EC384, "ES384", NO_ID, claims("")), ann()),
        Arguments.of("EdDSA", EDWARDS, Issuer.token(EDWARDS, "EdDSA", NO_ID, claims("")), ann()),
        Arguments.of(
            "RS256 of another key",
            RSA,
            Issuer.token(OTHER_RSA, "RS256", NO_ID, claims("")),
            bad(Fault.SIGNATURE)),
        Arguments.of(
            "ES384 where ES256 is meant",
            EC,
            Issuer.token(EC384, "ES384", NO_ID, claims("")),
            bad(Fault.ALGORITHM)),
        Arguments.of(
            "EdDSA of another key",
            EDWARDS,
            Issuer.token(Issuer.edwards(), "EdDSA", NO_ID, claims("")),
            bad(Fault.SIGNATURE)),
        Arguments.of(
            "HS256 under the bytes of the public key",
            RSA,
            Issuer.hmac(publicBytes, NO_ID, claims("")),
            bad(Fault.ALGORITHM)),
        Arguments.of(
            "HS256 under the encoded public key",
            RSA,
            Issuer.hmac(RSA.getPublic().getEncoded(), NO_ID, claims("")),
            bad(Fault.ALGORITHM)),
        Arguments.of("alg none", RSA, Issuer.unsigned(claims("")), bad(Fault.MALFORMED)));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("publicKeyTokens")
  void byAPublicKey(String what, KeyPair key, String token, Verdict expected) {
    assertThat(byKey(key).verify(token)).as(what).isEqualTo(expected);
  }

  @Test
  void byPublishedKeysOfEveryKind() throws IOException {
    try (var server = new KeyServer();
        var verifier = byJwks(server)) {
      server.publish(Issuer.jwk("r", RSA), Issuer.jwk("e", EC), Issuer.jwk("d", EDWARDS));

      assertThat(verifier.verify(Issuer.token(RSA, "RS256", Optional.of("r"), claims(""))))
          .isEqualTo(ann());
      assertThat(verifier.verify(Issuer.token(EC, "ES256", Optional.of("e"), claims(""))))
          .isEqualTo(ann());
      assertThat(verifier.verify(Issuer.token(EDWARDS, "EdDSA", Optional.of("d"), claims(""))))
          .isEqualTo(ann());
      assertThat(verifier.verify(Issuer.token(RSA, "RS256", NO_ID, claims("")))).isEqualTo(ann());
      assertThat(verifier.verify(Issuer.token(OTHER_RSA, "RS256", Optional.of("r"), claims(""))))
          .isEqualTo(bad(Fault.SIGNATURE));
      assertThat(
              verifier.verify(
                  Issuer.hmac(RSA.getPublic().getEncoded(), Optional.of("r"), claims(""))))
          .isEqualTo(bad(Fault.ALGORITHM));
      assertThat(server.asked()).isEqualTo(1);
    }
  }

  @Test
  void aSharedSecretInAPublishedSetIsNoKey() throws IOException {
    try (var server = new KeyServer();
        var verifier = byJwks(server)) {
      server.publish(
          "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"" + "A".repeat(86) + "\"}]}");

      assertThat(verifier.verify(Issuer.hmac(new byte[64], Optional.of("s"), claims(""))))
          .isEqualTo(bad(Fault.UNKNOWN_KEY));
    }
  }

  @Test
  void anUnknownKeyIsAskedForAndNotTooOften() throws IOException {
    try (var server = new KeyServer();
        var verifier = byJwks(server)) {
      server.publish(Issuer.jwk("old", RSA));
      var invented = Issuer.token(OTHER_RSA, "RS256", Optional.of("invented"), claims(""));

      assertThat(verifier.verify(invented)).isEqualTo(bad(Fault.UNKNOWN_KEY));
      assertThat(server.asked()).isEqualTo(1);
      for (int i = 0; i < 20; i++) {
        assertThat(verifier.verify(invented)).isEqualTo(bad(Fault.UNKNOWN_KEY));
      }
      assertThat(server.asked()).isEqualTo(1);
      ticker.advance(RemoteKeys.PAUSE);
      assertThat(verifier.verify(invented)).isEqualTo(bad(Fault.UNKNOWN_KEY));
      assertThat(server.asked()).isEqualTo(2);
    }
  }

  @Test
  void aRotatedSetIsNoticedByTheNewKeyAndByTime() throws IOException {
    try (var server = new KeyServer();
        var verifier = byJwks(server)) {
      server.publish(Issuer.jwk("old", RSA));
      var before = Issuer.token(RSA, "RS256", Optional.of("old"), claims(""));
      var after = Issuer.token(OTHER_RSA, "RS256", Optional.of("new"), claims(""));
      assertThat(verifier.verify(before)).isEqualTo(ann());

      server.publish(Issuer.jwk("new", OTHER_RSA));
      ticker.advance(RemoteKeys.PAUSE);

      assertThat(verifier.verify(before)).isEqualTo(ann());
      assertThat(verifier.verify(after)).isEqualTo(ann());
      assertThat(verifier.verify(before)).isEqualTo(bad(Fault.UNKNOWN_KEY));

      server.publish(Issuer.jwk("third", EC));
      ticker.advance(RemoteKeys.KEEP);
      assertThat(verifier.verify(after)).isEqualTo(bad(Fault.UNKNOWN_KEY));
    }
  }

  @Test
  void anIssuerThatIsAwayMattersOnlyBeforeItsKeysAreKnown() throws IOException {
    try (var server = new KeyServer();
        var verifier = byJwks(server)) {
      server.publish(Issuer.jwk("r", RSA));
      server.answer(500);
      var token = Issuer.token(RSA, "RS256", Optional.of("r"), claims(""));

      assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(IdentityException.class);
      assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(IdentityException.class);
      assertThat(server.asked()).isEqualTo(1);

      server.answer(200);
      ticker.advance(RemoteKeys.PAUSE);
      assertThat(verifier.verify(token)).isEqualTo(ann());

      server.answer(500);
      ticker.advance(RemoteKeys.KEEP);
      assertThat(verifier.verify(token)).isEqualTo(ann());
      assertThat(server.asked()).isEqualTo(3);
    }
  }

  @Test
  void weakOrUnreadableKeysAreRefusedAtOnce() {
    assertThatThrownBy(() -> verifier(Optional.of("short"), Optional.empty(), Optional.empty()))
        .hasMessageContaining("auth.jwt.secret is shorter than 32 bytes");
    assertThatThrownBy(
            () -> new JwtSettings.Keys(Optional.empty(), Optional.of("no key"), Optional.empty()))
        .hasMessageContaining("auth.jwt.public-key");
    assertThatThrownBy(() ->
            new JwtSettings.Keys(
                Optional.empty(),
                Optional.of(Issuer.pem("PRIVATE KEY", RSA.getPrivate())),
                Optional.empty()))
        .hasMessageContaining("must be a PUBLIC KEY");
    assertThatThrownBy(() ->
            new JwtSettings.Keys(
                Optional.empty(), Optional.empty(), Optional.of(URI.create("file:///etc/passwd"))))
        .hasMessageContaining("auth.jwt.jwks");
  }
}
