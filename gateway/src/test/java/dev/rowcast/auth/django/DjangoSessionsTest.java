package dev.rowcast.auth.django;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.Proof.Standing;
import dev.rowcast.auth.Recognition;
import dev.rowcast.base.Secret;
import dev.rowcast.message.CloseReason;
import dev.rowcast.testing.FakeTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DjangoSessionsTest {
  private static final String KEY = "k".repeat(32);
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  private static final Instant TOMORROW = NOON.plus(Duration.ofDays(1));

  private final Map<String, SessionStore.Stored> table = new HashMap<>();
  private final Map<String, UserTable.User> people = new HashMap<>();
  private final FakeTicker ticker = new FakeTicker();
  private Instant now = NOON;
  private int asked;
  private Fixtures django = Fixtures.all().getLast();

  DjangoSessionsTest() throws IOException {}

  static List<Fixtures> fixtures() throws IOException {
    return Fixtures.all();
  }

  @BeforeEach
  void annIsLoggedIn() {
    people.put("7", new UserTable.User("ann", django.password(), true));
    table.put(KEY, stored("login-in-groups"));
  }

  private SessionStore.Stored stored(String name) {
    return new SessionStore.Stored(django.stored(name), Optional.of(TOMORROW));
  }

  private DjangoSessions provider(List<Secret> keys, DjangoSettings.Groups groups) {
    var users =
        new UserTable() {
          @Override
          public Optional<User> find(String id) {
            return Optional.ofNullable(people.get(id));
          }

          @Override
          public List<String> groups(String id) {
            return List.of("live " + id);
          }
        };
    return new DjangoSessions(
        key -> {
          asked++;
          return Optional.ofNullable(table.get(key));
        },
        users,
        new DjangoSettings("sessionid", keys, groups, true, Duration.ofSeconds(5)),
        () -> now,
        ticker);
  }

  private DjangoSessions provider() {
    return provider(List.of(django.secret()), DjangoSettings.Groups.SESSION);
  }

  private static Recognition of(DjangoSessions provider, String cookie) {
    return provider.identify(
        new Handshake(
            "/ws/room", "", Map.of("cookie", List.of(cookie)), InetAddress.getLoopbackAddress()));
  }

  private static Recognition.Known known(DjangoSessions provider) {
    return (Recognition.Known) of(provider, "theme=dark; sessionid=" + KEY);
  }

  private void isNobody(DjangoSessions provider) {
    assertThat(of(provider, "sessionid=" + KEY)).isEqualTo(new Recognition.Unknown());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void theUserOfARealLoginIsKnown(Fixtures version) {
    django = version;
    annIsLoggedIn();

    var known = known(provider());

    assertThat(known.identity())
        .isEqualTo(
            new Identity(
                Optional.of("ann"),
                List.of("staff", "night shift", "café"),
                Optional.of(KEY),
                Map.of("id", List.of("7"))));
    assertThat(known.expires()).contains(TOMORROW);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aChangedPasswordEndsTheSessionOnlyWhereTheKeyIsKnown(Fixtures version) {
    django = version;
    annIsLoggedIn();
    people.put("7", new UserTable.User("ann", "pbkdf2_sha256$1$x$other", true));

    isNobody(provider());
    assertThat(known(provider(List.of(), DjangoSettings.Groups.SESSION)).identity().user())
        .contains("ann");
  }

  @Test
  void aKeyThatWasReplacedStillCountsAsAFallback() {
    var keys = List.of(new Secret("the new key"), django.secret());

    assertThat(known(provider(keys, DjangoSettings.Groups.SESSION)).identity().user())
        .contains("ann");
  }

  @Test
  void whoIsInactiveOrGoneIsNobody() {
    people.put("7", new UserTable.User("ann", django.password(), false));
    isNobody(provider());

    people.clear();
    isNobody(provider());
  }

  @Test
  void aSessionThatIsOverOrUnknownIsNobody() {
    now = TOMORROW;
    isNobody(provider());

    now = NOON;
    table.clear();
    isNobody(provider());
  }

  @Test
  void aSessionOfNobodyIsASessionAllTheSame() {
    table.put(KEY, stored("visitor"));

    assertThat(known(provider()).identity())
        .isEqualTo(new Identity(Optional.empty(), List.of(), Optional.of(KEY)));
  }

  @Test
  void groupsCanBeReadFromTheTables() {
    assertThat(known(provider(List.of(), DjangoSettings.Groups.TABLES)).identity().groups())
        .containsExactly("live 7");
  }

  @Test
  void anAnswerIsKeptForSecondsAndForgottenOnDemand() {
    var provider = provider();

    known(provider);
    known(provider);
    assertThat(asked).isEqualTo(1);
    ticker.advance(Duration.ofSeconds(5));
    known(provider);
    assertThat(asked).isEqualTo(2);
    provider.forget();
    known(provider);
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void theProofHoldsUntilTheLogout() {
    var provider = provider();
    var proof = known(provider).proof().orElseThrow();

    assertThat(proof.standing()).isEqualTo(new Standing.Holds(Optional.of(TOMORROW)));
    table.remove(KEY);
    ticker.advance(Duration.ofSeconds(5));
    assertThat(proof.standing()).isEqualTo(new Standing.Gone(CloseReason.REVOKED));
  }

  @Test
  void anotherLoginUnderTheSameKeyIsNotTheSameRight() {
    var provider = provider();
    var proof = known(provider).proof().orElseThrow();

    table.put(KEY, stored("visitor"));
    provider.forget();

    assertThat(proof.standing()).isEqualTo(new Standing.Gone(CloseReason.REVOKED));
  }

  @Test
  void aCookieThatCannotBeAKeyIsNotLookedUp() {
    var provider = provider();

    for (var cookie : List.of("", "x", "a:b:c:d:e:f", "k".repeat(200), "../../etc/passwd", "é")) {
      assertThat(of(provider, "sessionid=" + cookie)).isEqualTo(new Recognition.Unknown());
    }
    assertThat(asked).isZero();
  }
}
