package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Pause;
import dev.rowcast.message.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many conversations at {@code /live} on a loop that is late, over lines that take a few frames and
 * then none for a while, as changes come: each is told everything behind its place, once and in
 * order.
 *
 * <p>A seed decides what happens in which order; how far the matching has come meanwhile it does
 * not. {@code -Drowcast.interleavings=} says how many seeds there are.
 */
final class LiveInterleavingsTest extends LiveConversations {
  private static final int CLIENTS = 60;
  private static final int STEPS = 1_500;
  private static final int KEYS = 6;
  private static final Pattern PLACE = Pattern.compile("\"position\":\"([^\"]+)\"");
  private static final Pattern EVENT =
      Pattern.compile("\"key\":\\{\"id\":(\\d+)},.*\"tx\":\"(\\d+)\"");

  /** One who asks for some keys once, from a place of the past on. */
  private final class Talk {
    final Client client = new Client();
    final List<Integer> keys;
    int from;
    boolean isBegun;

    Talk(List<Integer> keys) {
      this.keys = keys;
    }

    void begin(SplittableRandom random) {
      isBegun = true;
      from = random.nextInt(Math.max(0, places.size() - 6), places.size());
      client.line.most = client.line.frames.size() + random.nextInt(1, 12);
      var wish =
          ",\"where\":\"id=in.(" + joined(keys) + ")\",\"since\":\"" + places.get(from) + "\"";
      client.frame(0x81, ORDERS.formatted(wish).getBytes(UTF_8));
    }

    /** The events it has to be told, with their positions. */
    private Map<String, Position> expected() {
      var expected = new LinkedHashMap<String, Position>();
      for (var entry : entries.subList(from, entries.size())) {
        for (int minor = 0; minor < entry.keys().size(); minor++) {
          if (keys.contains(entry.keys().get(minor))) {
            expected.put(
                entry.keys().get(minor) + " of " + entry.major(),
                new Position(last.epoch(), entry.major(), minor));
          }
        }
      }
      return expected;
    }

    /** It was told each event once and in order, and a place when everything up to there was. */
    void isToldEverything() {
      var expected = expected();
      var told = new ArrayList<String>();
      for (var text : client.line.said()) {
        var event = EVENT.matcher(text);
        var place = PLACE.matcher(text);
        if (event.find()) {
          told.add(event.group(1) + " of " + event.group(2));
        } else if (place.find()) {
          var position = Position.parse(place.group(1)).orElseThrow();
          assertThat(told)
              .as("%s, before it: %s", this, text)
              .hasSize(
                  (int)
                      expected.values().stream()
                          .filter(each -> each.compareTo(position) <= 0)
                          .count());
        }
      }
      assertThat(told).as(toString()).isEqualTo(List.copyOf(expected.keySet()));
    }

    @Override
    public String toString() {
      return "keys " + keys + " behind " + places.get(from);
    }
  }

  private record Entry(long major, List<Integer> keys) {}

  private final List<Entry> entries = new ArrayList<>();

  /** The place before each entry, and the last one. */
  private final List<Position> places = new ArrayList<>();

  private static String joined(List<Integer> keys) {
    return String.join(",", keys.stream().map(String::valueOf).toList());
  }

  /** Some keys, in any order. */
  private static List<Integer> keys(SplittableRandom random, int most) {
    var keys = new ArrayList<>(IntStream.rangeClosed(1, KEYS).boxed().toList());
    Collections.shuffle(keys, random);
    return List.copyOf(keys.subList(0, random.nextInt(1, most + 1)));
  }

  private void append(SplittableRandom random) {
    var some = keys(random, 3);
    var major = entries.size() + 1L;
    var words = new String[some.size()];
    for (int i = 0; i < words.length; i++) {
      words[i] = some.get(i) + (i == words.length - 1 ? "!" : "");
    }
    entries.add(new Entry(major, some));
    places.add(append(major, words));
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("rowcast.interleavings", 50));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void eachIsToldEverythingOnceAndInOrder(long seed) throws InterruptedException {
    var random = new SplittableRandom(seed);
    beginInLargeMemory();
    places.add(last);
    var talks = IntStream.range(0, CLIENTS).mapToObj(_ -> new Talk(keys(random, KEYS))).toList();

    for (int step = 0; step < STEPS; step++) {
      var talk = talks.get(random.nextInt(CLIENTS));
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> append(random);
        case 3, 4 -> talk.client.line.most = talk.client.line.frames.size() + random.nextInt(8);
        case 5, 6 -> relieve(talk);
        case 7 -> {
          if (!talk.isBegun) {
            talk.begin(random);
          }
        }
        case 8 -> turn(random.nextInt(4));
        default -> Pause.of(Duration.ofNanos(random.nextInt(300_000)));
      }
    }

    talks.stream().filter(talk -> !talk.isBegun).forEach(talk -> talk.begin(random));
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(2))
        .untilAsserted(() -> {
          talks.forEach(this::relieve);
          pass(Duration.ofMillis(200));
          assertThat(talks).allSatisfy(Talk::isToldEverything);
        });
  }

  private void relieve(Talk talk) {
    talk.client.line.relieve();
    talk.client.session.writable();
  }

  private void turn(int times) {
    for (int i = 0; i < times && loop.turn(); i++) {
      // As often as there is something to do.
    }
  }
}
