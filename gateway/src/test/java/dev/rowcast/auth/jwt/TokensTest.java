package dev.rowcast.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identities;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Recognition;
import dev.rowcast.base.Secret;
import dev.rowcast.message.CloseReason;
import dev.rowcast.protocol.Upgrade;
import dev.rowcast.testing.FakeTicker;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where tokens are found, and what a bad one does to a client. */
final class TokensTest {
  private static final String SECRET = "a shared secret of more than 32 bytes";
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

  private static Tokens tokens(String... places) {
    var settings =
        new JwtSettings(
            new JwtSettings.Keys(
                Optional.of(new Secret(SECRET)), Optional.empty(), Optional.empty()),
            Optional.empty(),
            List.of(),
            Duration.ZERO,
            "sub",
            "groups",
            places.length == 0
                ? JwtSettings.DEFAULTS.from()
                : List.of(places).stream().map(TokenPlace::parse).toList());
    return new Tokens(new TokenVerifier(settings, () -> NOW, new FakeTicker()), settings);
  }

  private static String token(String user, long lasts) {
    return Issuer.token(
        SECRET,
        "HS256",
        "{\"sub\":\"" + user + "\",\"exp\":" + (NOW.getEpochSecond() + lasts) + "}");
  }

  private static Handshake handshake(String query, String header, String value) {
    return new Handshake(
        "/ws/room", query, Map.of(header, List.of(value)), InetAddress.getLoopbackAddress());
  }

  private static Optional<String> user(IdentityProvider provider, Handshake handshake) {
    return provider.identify(handshake) instanceof Recognition.Known known
        ? known.identity().user()
        : Optional.empty();
  }

  @Test
  void aTokenIsFoundWhereItIsLookedForAndNowhereElse() {
    var token = token("ann", 60);
    var header = handshake("", "authorization", "Bearer " + token);
    var subprotocol = handshake("", "sec-websocket-protocol", "chat, rowcast.jwt." + token);
    var cookie = handshake("", "cookie", "jwt=" + token);
    var query = handshake("echo&access=" + token, "host", "x");

    assertThat(user(tokens(), header)).contains("ann");
    assertThat(user(tokens(), subprotocol)).contains("ann");
    assertThat(user(tokens(), cookie)).isEmpty();
    assertThat(user(tokens(), query)).isEmpty();
    assertThat(user(tokens("cookie:jwt"), cookie)).contains("ann");
    assertThat(user(tokens("query:access"), query)).contains("ann");
    assertThat(user(tokens("cookie:jwt", "query:access"), header)).isEmpty();
  }

  @Test
  void theConnectionEndsWithTheToken() {
    var known =
        (Recognition.Known)
            tokens().identify(handshake("", "authorization", "bearer " + token("ann", 60)));

    assertThat(known.expires()).contains(NOW.plusSeconds(60));
    assertThat(known.proof()).isEmpty();
  }

  @Test
  void anExpiredTokenAsksForANewOneAndABadOneForAnother() {
    assertThat(tokens().identify(handshake("", "authorization", "Bearer " + token("ann", 0))))
        .isInstanceOfSatisfying(
            Recognition.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(CloseReason.TOKEN_EXPIRED));
    assertThat(
            tokens()
                .identify(
                    handshake("", "authorization", "Bearer " + token("ann", 60).replace('.', '-'))))
        .isEqualTo(new Recognition.Unknown());
    assertThat(tokens().identify(handshake("", "sec-websocket-protocol", "rowcast.jwt.x")))
        .isInstanceOfSatisfying(
            Recognition.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(CloseReason.UNRECOGNISED));
  }

  @Test
  void whatOneProviderRejectsALaterOneMayKnow() {
    var expired = handshake("", "authorization", "Bearer " + token("ann", 0));
    IdentityProvider knowing = _ -> Recognition.Known.lasting(Identity.ANONYMOUS);
    IdentityProvider unknowing = _ -> new Recognition.Unknown();

    assertThat(new Identities(List.of(tokens(), knowing)).identify(expired))
        .isInstanceOf(Recognition.Known.class);
    assertThat(new Identities(List.of(tokens(), unknowing)).identify(expired))
        .isInstanceOf(Recognition.Rejected.class);
  }

  @Test
  void theWordBeforeATokenIsTheSameOnBothSides() {
    assertThat(TokenPlace.SUBPROTOCOL).isEqualTo(Upgrade.TOKEN);
  }
}
