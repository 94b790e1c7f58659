package dev.rowcast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseUrlTest {

  @Test
  void readsEveryPart() {
    var url =
        DatabaseUrl.parse(
            "postgresql://j%C3%BCrgen:p%40ss%3A%2F+@db.example:5433/a%2Fb?sslmode=verify-full",
            Map.of());

    assertThat(url.user()).isEqualTo("jürgen");
    assertThat(url.password().map(Secret::reveal)).contains("p@ss:/+");
    assertThat(url.hosts()).containsExactly(new Endpoint("db.example", 5433));
    assertThat(url.database()).isEqualTo("a/b");
    assertThat(url.parameters()).isEqualTo(Map.of("sslmode", "verify-full"));
  }

  @Test
  void theTextHoldsNoPassword() {
    var url = DatabaseUrl.parse("postgres://u:geheim@h/d", Map.of());

    assertThat(url.toString()).isEqualTo("postgresql://h:5432/d");
    assertThat(url.password().toString()).doesNotContain("geheim");
  }

  @Test
  void severalHostsAndAnAddressInBrackets() {
    var url =
        DatabaseUrl.parse(
            "postgresql://a,b:1234,[::1]:99/d?target_session_attrs=primary", Map.of());

    assertThat(url.hosts())
        .containsExactly(new Endpoint("a", 5432), new Endpoint("b", 1234), new Endpoint("::1", 99));
  }

  @Test
  void theEnvironmentFillsWhatTheUrlLeavesOut() {
    var environment =
        Map.of(
            "PGHOST", "one,two",
            "PGPORT", "6000",
            "PGUSER", "app",
            "PGPASSWORD", "secret",
            "PGSSLMODE", "require",
            "PGAPPNAME", "other");

    var url = DatabaseUrl.parse("postgresql://", environment);

    assertThat(url.hosts()).containsExactly(new Endpoint("one", 6000), new Endpoint("two", 6000));
    assertThat(url.user()).isEqualTo("app");
    assertThat(url.database()).isEqualTo("app");
    assertThat(url.password().map(Secret::reveal)).contains("secret");
    assertThat(url.parameters())
        .isEqualTo(Map.of("sslmode", "require", "application_name", "other"));
    assertThat(DatabaseUrl.parse("postgresql://x@h/d?sslmode=disable", environment))
        .extracting(DatabaseUrl::user, DatabaseUrl::database, DatabaseUrl::parameters)
        .containsExactly("x", "d", Map.of("sslmode", "disable", "application_name", "other"));
  }

  @Test
  void hostAndUserMayStandInTheQuery() {
    var url = DatabaseUrl.parse("postgresql:///d?host=h&port=7&user=u&password=p", Map.of());

    assertThat(url.hosts()).containsExactly(new Endpoint("h", 7));
    assertThat(url.user()).isEqualTo("u");
    assertThat(url.password()).isEqualTo(Optional.of(new Secret("p")));
  }

  @Test
  void mistakesAreNamedWithoutTheSecret() {
    for (var mistake :
        List.of(
            "postgresql://u:geheim@h:x1/d",
            "postgresql://u:ge%zheim@h/d",
            "postgresql://u:geheim%2@h/d",
            "postgresql://u:geheim@h/d?sslmode=sometimes",
            "postgresql://u:geheim@h/d?colour=red",
            "postgresql://u:geheim@h/d?sslmode",
            "postgresql://u:geheim@h:1,h:2/d?port=1,2,3",
            "postgresql://u:geheim@h/d?client_encoding=LATIN1",
            "postgresql://u:geheim@h/d?connect_timeout=soon",
            "jdbc:postgresql://h/d?user=u&password=geheim",
            "host=h password=geheim")) {
      assertThatThrownBy(() -> DatabaseUrl.parse(mistake, Map.of()))
          .as(mistake)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("database.url")
          .message()
          .doesNotContain("geheim", "heim");
    }
  }

  @Test
  void unixSocketsAreRefusedByName() {
    assertThatThrownBy(
            () -> DatabaseUrl.parse("postgresql:///d?host=/var/run/postgresql", Map.of()))
        .hasMessageContaining("only TCP is supported")
        .hasMessageContaining("/var/run/postgresql");
    assertThatThrownBy(() -> DatabaseUrl.parse("postgresql://%2Frun%2Fpg/d", Map.of()))
        .hasMessageContaining("only TCP is supported");
  }
}
