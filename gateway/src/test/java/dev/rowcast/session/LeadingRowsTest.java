package dev.rowcast.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import dev.rowcast.rows.GivenRows;
import dev.rowcast.rows.RowsException;
import dev.rowcast.rows.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code since=snapshot} and what {@code rowcast.position()} gave, in the conversation. */
final class LeadingRowsTest extends LiveConversations {
  /** It sees transactions 1 and 2, and of 3 to 5 only 4. */
  private static final String SEEN = "3:6:3,5";

  private static final String MOMENT = "l/0-1~" + SEEN;
  private static final String SNAPSHOT = ",\"since\":\"snapshot\"";
  private static final String ROW = "{\"id\":1,\"size\":1}";

  @TempDir private Path folder;

  private GivenRows given(int memory) {
    return new GivenRows(new DataSize(memory), folder);
  }

  private static Since.Rendered moment() {
    return (Since.Rendered) Since.parse(MOMENT).orElseThrow();
  }

  /** Rows of which each is a piece. */
  private static String[] large(int count) {
    return IntStream.range(0, count)
        .mapToObj(id -> "{\"id\":" + id + ",\"note\":\"" + "x".repeat(40_000) + "\"}")
        .toArray(String[]::new);
  }

  private static String chunk(int number, String rows) {
    return ofOwn("\"rows\":" + rows + ",\"chunk\":" + number);
  }

  private String liveAt(String mark) {
    return ofOwn("\"type\":\"live\",\"position\":\"" + mark + "\"");
  }

  private Client connected() {
    var client = new Client();
    client.told(1);
    return client;
  }

  /** It has asked for the rows, and its line takes one piece of them and no more. */
  private Client withRoomForOnePiece() {
    var client = connected();
    client.line.stuck = true;
    client.says(ORDERS.formatted(SNAPSHOT));
    client.told(1);
    client.line.relieve();
    client.session.writable();
    client.line.stuck = true;
    return client;
  }

  @Test
  void theRowsComeFirstThenLiveThenEverythingAfterThatMoment() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), ROW, ROW));
    seenUntil = 4;
    for (var major = 1; major <= 6; major++) {
      append(major, major + "!");
    }
    var client = connected();

    client.says(ORDERS.formatted(SNAPSHOT));

    var told = client.told(6);
    assertThat(told.getFirst())
        .startsWith("{\"type\":\"subscribed\",\"id\":\"o\"")
        .endsWith("{\"id\":\"int8\",\"size\":\"int4\"},\"resumed\":false}");
    assertThat(told.subList(1, 6))
        .containsExactly(
            chunk(0, "[" + ROW + "," + ROW + "]"),
            liveAt(at(0, 1) + "~" + SEEN + "~4"),
            own(change(3, 3, true)),
            own(change(5, 5, true)),
            own(change(6, 6, true)));
    append(7, "7!");
    assertThat(client.told(1)).containsExactly(shared(change(7, 7, true)));
    assertThat(given.inMemory()).isZero();
  }

  @Test
  void whoseRowsMaySeeWhatIsStillToComeIsSparedIt() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), ROW));
    seenUntil = 4;
    var client = connected();
    var witness = new Client().subscribed("");
    client.says(ORDERS.formatted(SNAPSHOT));
    assertThat(client.told(3).get(2)).isEqualTo(liveAt(last + "~" + SEEN + "~4"));

    append(2, "2!");
    append(3, "3!");
    append(4, "4!");

    assertThat(client.told(1)).containsExactly(own(change(3, 3, true)));
    witness.told(3);
    client.hasHeardAll();
    append(5, "5!");
    assertThat(client.told(1)).containsExactly(own(change(5, 5, true)));
    append(6, "6!");
    assertThat(client.told(1)).containsExactly(shared(change(6, 6, true)));
  }

  @Test
  void whoBeganWhileTheCaptureWasBehindFollowsOnceThatHasCaughtUp() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), ROW));
    seenUntil = -1;
    var client = connected();
    client.says(ORDERS.formatted(SNAPSHOT));
    assertThat(client.told(3).get(2))
        .isEqualTo(liveAt(last + "~" + SEEN + "~18446744073709551615"));
    append(4, "4!");
    append(5, "5!");
    assertThat(client.told(1)).containsExactly(own(change(5, 5, true)));
    pass(Duration.ofSeconds(10));
    client.hasHeardAll();

    seenUntil = 4;
    awaitPlace(client);

    client.seen = client.line.said().size();
    append(6, "6!");
    assertThat(client.told(1)).containsExactly(shared(change(6, 6, true)));
  }

  /** Lets time pass until the client is told of the last place of the log. */
  private void awaitPlace(Client client) {
    var place = "1 {\"type\":\"position\",\"position\":\"" + last + "\"}";
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          pass(Duration.ofSeconds(6));
          return client.line.said().contains(place);
        });
  }

  @Test
  void noPositionIsToldForAllSubscriptionsWhileOneOfThemIsSpared() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), ROW));
    seenUntil = 4;
    append(2, "2!");
    var client = connected();
    client.says(ORDERS.formatted(SNAPSHOT));
    client.told(3);

    pass(Duration.ofSeconds(30));
    assertThat(client.line.said()).contains("1 {\"type\":\"heartbeat\"}");
    assertThat(client.line.said()).noneMatch(text -> text.contains("\"type\":\"position\""));
    append(6, "x6!");

    awaitPlace(client);
  }

  @Test
  void aSyncWaitsForTheRows() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), large(3)));
    var target = append(7, "7!");
    var client = connected();
    client.line.stuck = true;
    client.says(ORDERS.formatted(SNAPSHOT));
    client.told(1);

    client.says("{\"type\":\"sync\",\"id\":\"s\",\"position\":\"" + target + "\"}");
    pass(Duration.ofSeconds(1));
    client.hasHeardAll();
    client.line.relieve();
    client.session.writable();

    var told = client.told(5);
    assertThat(told.get(3)).contains("\"type\":\"live\"");
    assertThat(told.get(4)).isEqualTo(own(change(7, 7, true)));
    pass(Duration.ofSeconds(1));
    assertThat(client.told(1))
        .containsExactly("{\"type\":\"synced\",\"id\":\"s\",\"position\":\"" + target + "\"}");
  }

  @Test
  void aSlowClientIsHandedOnePieceItHasNoRoomForAndTheRestWaitsOutside() {
    var given = given(100_000);
    rows = (_, _) -> Optional.of(given.at(moment(), large(20)));
    var client = withRoomForOnePiece();

    assertThat(client.told(1).getFirst()).contains("\"chunk\":0");
    pass(Duration.ofSeconds(1));
    client.hasHeardAll();
    assertThat(given.inMemory()).isBetween(1L, 100_000L);
    client.line.relieve();
    client.session.writable();

    var told = client.told(20);
    for (var number = 1; number < 20; number++) {
      assertThat(told.get(number - 1)).contains("\"id\":" + number + ",");
      assertThat(told.get(number - 1)).endsWith(",\"chunk\":" + number + "}");
    }
    assertThat(told.getLast()).contains("\"type\":\"live\"");
    assertThat(given.inMemory()).isZero();
  }

  @Test
  void whoFollowsIsToldWhatHappensWhileTheRowsOfAnotherSubscriptionCome() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), large(2)));
    var client = new Client().subscribed("");
    var witness = new Client().subscribed("");
    client.line.stuck = true;
    client.says(ORDERS.formatted(SNAPSHOT).replace("\"o\"", "\"p\""));
    client.told(1);

    append(6, "6!");
    witness.told(1);
    client.line.relieve();
    client.session.writable();

    var told = client.told(5);
    assertThat(told)
        .contains(own(change(6, 6, true)), own(change(6, 6, true)).replace("\"o\"", "\"p\""));
    assertThat(told.stream().filter(text -> text.contains("\"chunk\""))).hasSize(2);
    append(7, "7!");
    assertThat(client.told(1)).containsExactly(shared(change(7, 7, true)));
    client.hasHeardAll();
  }

  @Test
  void theRowsOfOneConnectionAreReadForOneSubscriptionAfterTheOther() {
    var given = given(1 << 20);
    var keptBefore = new ArrayList<Long>();
    rows =
        (_, _) -> {
          keptBefore.add(given.inMemory());
          return Optional.of(given.at(moment(), large(3)));
        };
    var client = connected();
    client.line.stuck = true;
    for (var id : List.of("a", "b", "c")) {
      client.says(ORDERS.formatted(SNAPSHOT).replace("\"o\"", "\"" + id + "\""));
    }
    client.told(3);
    client.line.relieve();

    client.session.writable();

    assertThat(client.told(12).stream().map(text -> text.substring(7, 8)))
        .containsExactly("a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c", "c");
    assertThat(keptBefore).containsExactly(0L, 0L, 0L);
  }

  /** Reads until nobody wants it any more. */
  private static Optional<Snapshot> untilUnwanted(BooleanSupplier wanted, AtomicInteger ended) {
    while (wanted.getAsBoolean()) {
      Thread.onSpinWait();
    }
    ended.incrementAndGet();
    return Optional.empty();
  }

  @Test
  void whoUnsubscribesWhileItsRowsAreReadHearsNoMoreAndTheNextHasItsTurn() {
    var given = given(1 << 20);
    var ended = new AtomicInteger();
    rows =
        (shape, wanted) ->
            shape.id().equals(ALL)
                ? untilUnwanted(wanted, ended)
                : Optional.of(given.at(moment(), ROW));
    var client = connected();
    client.says(ORDERS.formatted(SNAPSHOT));
    client.told(1);
    client.says(
        ORDERS.formatted(SNAPSHOT + ",\"where\":\"" + EVEN + "\"").replace("\"o\"", "\"e\""));
    client.told(1);

    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");

    var told = client.told(3);
    assertThat(told.getFirst()).isEqualTo("{\"type\":\"ok\",\"id\":\"o\"}");
    assertThat(told.get(1)).startsWith("{\"id\":\"e\"").contains("\"rows\":[" + ROW + "]");
    assertThat(told.get(2)).startsWith("{\"id\":\"e\"").contains("\"type\":\"live\"");
    await().atMost(Duration.ofSeconds(30)).until(() -> ended.get() == 1);
    client.hasHeardAll();
  }

  @Test
  void whatIsKeptForWhoGoesAwayIsGone() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment(), large(20)));
    var client = withRoomForOnePiece();
    client.told(1);
    assertThat(given.inMemory()).isPositive();

    client.session.closed();

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          loop.run();
          return given.inMemory() == 0;
        });
  }

  @Test
  void rowsThatCannotBeHadAreAnErrorAndTheIdIsFree() {
    rows = (_, _) -> Optional.empty();
    var client = connected();
    client.says(ORDERS.formatted(SNAPSHOT));
    assertThat(client.told(2).get(1)).startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":413");
    rows =
        (_, _) -> {
          throw new RowsException("the database is away", true, new IOException());
        };
    client.says(ORDERS.formatted(SNAPSHOT));
    assertThat(client.told(2).get(1))
        .isEqualTo(
            "{\"type\":\"error\",\"id\":\"o\",\"code\":503,\"message\":\"the rows cannot be read"
                + " now\"}");
    client.says("{\"type\":\"sync\",\"id\":\"s\"}");
    assertThat(client.told(1).getFirst()).startsWith("{\"type\":\"synced\"");

    client.says(ORDERS.formatted(""));

    assertThat(client.told(2).get(1)).contains("\"type\":\"live\"");
  }

  @Test
  void rowsOfAnotherLogAreFollowedByAReset() {
    var given = given(1 << 20);
    var old = (Since.Rendered) Since.parse(MOMENT.replace("l/", "k/")).orElseThrow();
    rows = (_, _) -> Optional.of(given.at(old, ROW));
    var client = connected();

    client.says(ORDERS.formatted(SNAPSHOT));

    assertThat(client.told(4).subList(1, 4))
        .containsExactly(
            chunk(0, "[" + ROW + "]"),
            ofOwn("\"type\":\"reset\",\"reason\":\"epoch\",\"position\":\"" + last + "\""),
            liveAt(last.toString()));
  }

  @Test
  void noRowsAreNoPiece() {
    var given = given(1 << 20);
    rows = (_, _) -> Optional.of(given.at(moment()));
    var client = connected();

    client.says(ORDERS.formatted(SNAPSHOT));

    assertThat(client.told(2).get(1)).contains("\"type\":\"live\"");
  }

  @Test
  void whoReadTheRowsItselfGoesOnFromTheirMoment() {
    seenUntil = 4;
    for (var major = 1; major <= 6; major++) {
      append(major, major + "!");
    }
    var client = connected();

    client.says(ORDERS.formatted(",\"since\":\"" + MOMENT + "\""));

    var told = client.told(6);
    assertThat(told.getFirst())
        .endsWith("\"position\":\"" + at(0, 1) + "~" + SEEN + "~4\",\"resumed\":true}");
    assertThat(told.subList(1, 6))
        .containsExactly(
            ofOwn("\"type\":\"commit\",\"position\":\"" + at(1, 0) + "~" + SEEN + "~4\""),
            own(change(3, 3, true)),
            own(change(5, 5, true)),
            own(change(6, 6, true)),
            liveAt(last.toString()));
  }

  @Test
  void whoComesBackWhileItIsSparedIsSparedOn() {
    for (var major = 1; major <= 4; major++) {
      append(major, major + "!");
    }
    var mark = at(2, 0) + "~" + SEEN + "~4";
    var client = connected();

    client.says(ORDERS.formatted(",\"since\":\"" + mark + "\""));

    var told = client.told(3);
    assertThat(told.getFirst()).endsWith("\"position\":\"" + mark + "\",\"resumed\":true}");
    assertThat(told.get(1)).isEqualTo(own(change(3, 3, true)));
    assertThat(told.get(2)).isEqualTo(liveAt(at(4, 0) + "~" + SEEN + "~4"));
  }

  @Test
  void aMomentOfAnotherLogIsAReset() {
    var client = connected();

    client.says(ORDERS.formatted(",\"since\":\"" + MOMENT.replace("l/", "k/") + "\""));

    var told = client.told(3);
    assertThat(told.getFirst()).endsWith("\"int4\"},\"resumed\":false}");
    assertThat(told.get(1)).contains("\"reason\":\"epoch\"");
    assertThat(told.get(2)).isEqualTo(liveAt(last.toString()));
  }
}
