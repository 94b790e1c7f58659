package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.DataSize;
import dev.rowcast.session.WebSocketSettings;
import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The live server answers every sequence of frames of {@code conformance.txt} as RFC 6455 asks,
 * with no leeway.
 *
 * <p>What a client says goes to a listener at the same facility: so it is seen which messages
 * counted before an error, which the client itself may no longer be told.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConformanceIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private Rig rig;
  private WireClient listener;

  private static final WebSocketSettings WEBSOCKET =
      new WebSocketSettings(
          "/ws/",
          Optional.empty(),
          Duration.ofSeconds(4),
          Duration.ofMinutes(10),
          WebSocketSettings.DEFAULTS.origins(),
          DataSize.ofKibibytes(64),
          1000,
          10,
          false,
          false,
          WebSocketSettings.DEFAULTS.outbox());

  static Stream<FrameScript> cases() throws IOException {
    try (var file = ConformanceIT.class.getResourceAsStream("conformance.txt")) {
      return new String(file.readAllBytes(), UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(FrameScript::parse)
              .toList()
              .stream();
    }
  }

  @BeforeAll
  void start() throws IOException {
    rig = new Rig(WEBSOCKET);
    listener = rig.connect("/ws/corpus?subscribe-broadcast");
  }

  @AfterAll
  void stop() throws IOException {
    rig.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theServerAnswersAsTheRfcAsks(FrameScript script) throws IOException {
    try (var client = rig.connect("/ws/corpus?publish-broadcast")) {
      for (var piece : script.pieces()) {
        client.raw(piece);
      }

      assertThat(untilTheEnd(client)).as("answered").isEqualTo(script.answers());
    }
    rig.publish("corpus", "end of " + script.id());
    assertThat(heardUntil("end of " + script.id())).as("heard").isEqualTo(script.heardFrames());
  }

  @Test
  void theSectionsThatAreToBeCoveredAre() throws IOException {
    assertThat(cases().map(script -> script.id().split("\\.", 2)[0]).distinct())
        .containsExactly("1", "2", "3", "4", "5", "6", "7", "9", "10");
    assertThat(cases().map(FrameScript::id)).doesNotHaveDuplicates().hasSizeGreaterThan(250);
  }

  private static List<Frame> untilTheEnd(WireClient client) throws IOException {
    var frames = new ArrayList<Frame>();
    for (var seen = client.next(SOON); seen instanceof Frame frame; seen = client.next(SOON)) {
      frames.add(
          frame.opcode() == Frame.CLOSE
              ? new Frame(
                  frame.fin(),
                  frame.rsv(),
                  frame.opcode(),
                  frame.masked(),
                  Arrays.copyOf(frame.payload(), 2))
              : frame);
    }
    assertThat(client.next(SOON)).as("after %s", frames).isEqualTo(new Ended());
    return frames;
  }

  private List<Frame> heardUntil(String marker) throws IOException {
    var frames = new ArrayList<Frame>();
    while (listener.next(SOON) instanceof Frame frame) {
      if (frame.equals(Frame.text(marker))) {
        return frames;
      }
      frames.add(frame);
    }
    throw new AssertionError("no " + marker + " after " + frames);
  }
}
