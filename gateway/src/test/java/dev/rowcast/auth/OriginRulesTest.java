package dev.rowcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OriginRulesTest {

  @Test
  void aPageOfTheOtherSchemeIsAnotherOriginOnceTheSchemeIsKnown() {
    var page = Optional.of("http://a.example");
    var host = Optional.of("a.example");

    assertThat(OriginRules.SAME.allow(page, host, Optional.of("http"))).isTrue();
    assertThat(OriginRules.SAME.allow(page, host, Optional.of("https"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "http://a.example, a.example, true",
    "http://a.example:8000, a.example:8000, true",
    "HTTPS://A.example, a.example, true",
    "https://a.example, a.example:443, true",
    "http://a.example:80, a.example, true",
    "http://a.example:8001, a.example:8000, false",
    "http://b.example, a.example, false",
    "http://a.example.evil, a.example, false",
    "http://evil/a.example, a.example, false",
    "null, a.example, false",
    "file://, a.example, false",
    "'http://a.example, http://b.example', a.example, false",
  })
  void sameMeansHostAndPortOfTheRequest(String origin, String host, boolean allowed) {
    assertThat(OriginRules.SAME.allow(Optional.of(origin), Optional.of(host), Optional.empty()))
        .isEqualTo(allowed);
  }

  @Test
  void aProgramWithoutAnOriginIsNotAsked() {
    assertThat(OriginRules.SAME.allow(Optional.empty(), Optional.empty(), Optional.empty()))
        .isTrue();
  }

  @Test
  void aListAllowsExactlyItsOrigins() {
    var rules = new OriginRules(List.of("https://a.example"));

    assertThat(rules.allow(Optional.of("https://a.example"), Optional.of("x"), Optional.empty()))
        .isTrue();
    assertThat(
            rules.allow(
                Optional.of("http://a.example"), Optional.of("a.example"), Optional.empty()))
        .isFalse();
  }

  @Test
  void anyAllowsAll() {
    assertThat(
            new OriginRules(List.of("any"))
                .allow(Optional.of("null"), Optional.empty(), Optional.empty()))
        .isTrue();
  }

  @Test
  void refusesWhatIsNoOrigin() {
    assertThatThrownBy(() -> new OriginRules(List.of("a.example")))
        .hasMessage(
            "websocket.origins has 'a.example', must be same, any or an origin such as"
                + " https://app.example.org");
  }
}
