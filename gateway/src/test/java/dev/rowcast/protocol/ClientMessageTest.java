package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.message.Audience;
import dev.rowcast.message.Position;
import dev.rowcast.protocol.ClientMessage.Parsed;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientMessageTest {

  private static ClientMessage read(String text) {
    return ((Parsed.Read) ClientMessage.parse(text.getBytes(UTF_8))).message();
  }

  @Test
  void readsAWishForATable() {
    assertThat(
            read(
                "{\"type\":\"subscribe\",\"id\":\"open\",\"table\":\"public.orders\","
                    + "\"where\":\"status=eq.open\",\"columns\":[\"id\",\"status\"],"
                    + "\"since\":\"e.1-2\",\"conflate\":true}"))
        .isEqualTo(
            new ClientMessage.SubscribeTable(
                "open",
                "public.orders",
                "status=eq.open",
                List.of("id", "status"),
                Optional.of("e.1-2"),
                true));
    assertThat(read("{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"a.b\"}"))
        .isEqualTo(
            new ClientMessage.SubscribeTable("o", "a.b", "", List.of(), Optional.empty(), false));
  }

  @Test
  void readsAWishForAFacility() {
    assertThat(read("{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\"}"))
        .isEqualTo(new ClientMessage.SubscribeFacility("c", "lobby", Audience.BROADCAST));
    assertThat(
            read("{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"\",\"audience\":\"group\"}"))
        .isEqualTo(new ClientMessage.SubscribeFacility("c", "", Audience.GROUP));
  }

  @Test
  void keepsEveryDigitOfWhatIsPublished() {
    var data = "{\"n\":12345678901234567890.1230,\"t\":\"ä\"}";
    var said =
        (ClientMessage.Publish)
            read("{\"type\":\"publish\",\"facility\":\"lobby\",\"data\":" + data + "}");

    assertThat(new String(said.payload(), UTF_8)).isEqualTo(data);
    assertThat(said.id()).isEmpty();
  }

  @Test
  void readsTheRest() {
    assertThat(read("{\"type\":\"unsubscribe\",\"id\":\"o\"}"))
        .isEqualTo(new ClientMessage.Unsubscribe("o"));
    assertThat(read("{\"type\":\"sync\",\"id\":\"s\",\"position\":\"e.1-2\"}"))
        .isEqualTo(new ClientMessage.Sync("s", Optional.of(new Position("e", 1, 2))));
    assertThat(read("{\"type\":\"ping\"}")).isEqualTo(new ClientMessage.Ping(Optional.empty()));
    assertThat(read("{\"type\":\"auth\",\"token\":\"secret\"}"))
        .isEqualTo(new ClientMessage.Auth(Optional.empty(), "secret"))
        .hasToString("Auth[Optional.empty]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "[]",
        "1",
        "{\"type\":\"ping\"} {}",
        "{\"type\":\"ping\",\"type\":\"ping\"}",
        "{\"type\":1}",
        "{\"type\":\"dance\"}",
        "{\"type\":\"subscribe\",\"table\":\"a.b\"}",
        "{\"type\":\"subscribe\",\"id\":\"\",\"table\":\"a.b\"}",
        "{\"type\":\"subscribe\",\"id\":\"o\"}",
        "{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"a.b\",\"colums\":[\"id\"]}",
        "{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"a.b\",\"columns\":[]}",
        "{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"a.b\",\"columns\":[1]}",
        "{\"type\":\"subscribe\",\"id\":\"o\",\"facility\":\"a\\u0000\"}",
        "{\"type\":\"subscribe\",\"id\":\"o\",\"facility\":\"a\",\"audience\":\"all\"}",
        "{\"type\":\"publish\",\"facility\":\"a\"}",
        "{\"type\":\"publish\",\"facility\":\"a\",\"text\":\"\"}",
        "{\"type\":\"publish\",\"facility\":\"a\",\"text\":\"x\",\"data\":1}",
        "{\"type\":\"sync\",\"id\":\"s\",\"position\":\"x\"}",
        "{\"type\":\"auth\"}"
      })
  void refusesWhatIsNoMessage(String text) {
    assertThat(ClientMessage.parse(text.getBytes(UTF_8))).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void refusesWhatIsNestedTooDeeply() {
    var deep = "[".repeat(100_000);

    assertThat(ClientMessage.parse(("{\"type\":\"publish\",\"data\":" + deep).getBytes(UTF_8)))
        .isEqualTo(new Parsed.Malformed(Optional.empty(), "not JSON, or nested too deeply"));
  }

  @Test
  void anyBytesAreAMessageOrNone() {
    var random = new Random(7);
    var seeds =
        List.of(
            "{\"type\":\"publish\",\"id\":\"p\",\"facility\":\"lobby\",\"data\":{\"a\":[1.5e3,null]}}",
            "{\"type\":\"subscribe\",\"id\":\"o\",\"table\":\"a.b\",\"columns\":[\"\\u00e4\"]}");
    for (int i = 0; i < 20_000; i++) {
      var bytes = seeds.get(i % 2).getBytes(UTF_8);
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }

      assertThat(ClientMessage.parse(bytes)).isNotNull();
    }
  }

  @Test
  void namesTheWishThatIsWrong() {
    assertThat(ClientMessage.parse("{\"type\":\"subscribe\",\"id\":\"o\"}".getBytes(UTF_8)))
        .isEqualTo(new Parsed.Malformed(Optional.of("o"), "table is missing"));
  }
}
