package dev.rowcast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.message.Permission;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FacilityRequestTest {
  private static FacilityRequest of(String path, String query) {
    return FacilityRequest.of(path, query, "/ws/").orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "/ws/rodan, rodan",
    "/ws/, ''",
    "/ws/a/b/, a/b/",
    "/ws/x/ws/y, x/ws/y",
    "/app/ws/x, /appx",
    "/ws/Case, Case",
  })
  void cutsTheFirstPrefixOutOfThePath(String path, String facility) {
    assertThat(of(path, "").facility()).isEqualTo(facility);
  }

  @Test
  void readsBareParametersInAnyCaseAndIgnoresTheRest() {
    var request =
        of("/ws/rodan", "Subscribe-Broadcast&publish-broadcast&%20ECHO+&subscribe-user=1&x&&y=2");

    assertThat(request.asked())
        .containsExactlyInAnyOrder(
            Permission.SUBSCRIBE_BROADCAST,
            Permission.PUBLISH_BROADCAST,
            Permission.SUBSCRIBE_USER);
    assertThat(request.echo()).isTrue();
  }

  @Test
  void noParametersAreARequestToo() {
    assertThat(of("/ws/", "")).isEqualTo(new FacilityRequest("", java.util.Set.of(), false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\u0000", "a\u007f"})
  void refusesControlCharacters(String facility) {
    assertThat(FacilityRequest.of("/ws/" + facility, "", "/ws/")).isEmpty();
  }

  @Test
  void refusesANameNobodyNeeds() {
    assertThat(FacilityRequest.of("/ws/" + "x".repeat(1025), "", "/ws/")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"/ws/a%20b, /ws/a b", "/ws/%C3%A9, /ws/é", "/a+b, /a+b", "/%2Fws, //ws"})
  void decodesPercents(String raw, String path) {
    assertThat(FacilityRequest.decode(raw)).isEqualTo(Optional.of(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%", "/%4", "/%zz", "/%FF", "/%C3", "/%ED%A0%80", "/é"})
  void refusesBrokenPercents(String raw) {
    assertThat(FacilityRequest.decode(raw)).isEmpty();
  }
}
