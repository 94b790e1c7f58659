package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.auth.Recognition;
import dev.rowcast.base.DataSize;
import dev.rowcast.feed.FeedChange;
import dev.rowcast.feed.FeedEntry;
import dev.rowcast.message.CloseReason;
import dev.rowcast.message.Position;
import dev.rowcast.testing.ManualBus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conversation at {@code /live}, without sockets: what is asked, what comes, and when. */
final class LiveSessionTest extends LiveConversations {
  @Test
  void welcomesThenSaysWhatIsSubscribedAndFromWhere() {
    var client = new Client();

    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"welcome\",\"session\":\"")
        .endsWith(
            "\"server\":\"rowcast/1\",\"heartbeat\":25,\"limits\":{\"message_bytes\":8192,"
                + "\"subscriptions\":100}}");
    client.says(ORDERS.formatted(""));

    assertThat(client.told(2))
        .containsExactly(
            "{\"type\":\"subscribed\",\"id\":\"o\",\"sub\":\""
                + ALL
                + "\",\"key\":[\"id\"],\"columns\":"
                + "{\"id\":\"int8\",\"size\":\"int4\"},\"position\":\""
                + last
                + "\",\"resumed\":false}",
            ofOwn("\"type\":\"live\",\"position\":\"" + last + "\""));
  }

  @Test
  void whoFollowsIsHandedOneFrameForAll() {
    var one = new Client().subscribed("");
    var other = new Client().subscribed("");

    append(1, "1", "x2!");

    assertThat(one.told(1)).containsExactly(shared(change(1, 1, true)));
    assertThat(other.told(1)).containsExactly(shared(change(1, 1, true)));
    append(2, "x1!");
    append(3, "3", "4!");
    assertThat(one.told(2))
        .containsExactly(shared(change(3, 3, false)), shared(change(3, 4, true)));
  }

  @Test
  void onlyWhatMatchesIsTold() {
    var client = new Client().subscribed(",\"where\":\"" + EVEN + "\"");

    append(1, "1", "2", "3", "4", "5!");

    assertThat(client.told(2))
        .containsExactly(
            shared(shape(EVEN).id(), change(1, 2, false)),
            shared(shape(EVEN).id(), change(1, 4, true)));
  }

  @Test
  void theEndOfATransactionWhoseLastEventWasToldAlreadyIsACommit() {
    var client = new Client().subscribed("");

    append(1, "1");
    assertThat(client.told(1)).containsExactly(shared(change(1, 1, false)));
    append(2, "x1");
    append(3, "x1!");

    assertThat(client.told(1))
        .containsExactly(
            "{\"sub\":\"" + ALL + "\",\"type\":\"commit\",\"position\":\"" + at(3, 0) + "\"}");
  }

  @Test
  void whoComesWithAPositionIsToldWhatLiesBehindItInItsOwnNameAndThenFollows() {
    append(1, "1", "2", "3!");
    append(2, "x1!");
    append(3, "4!");
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 0) + "\""));

    var told = client.told(5);
    assertThat(told.getFirst()).endsWith("\"position\":\"" + at(1, 0) + "\",\"resumed\":true}");
    assertThat(told.subList(1, 4))
        .containsExactly(
            own(change(1, 2, false)), own(change(1, 3, true)), own(change(3, 4, true)));
    assertThat(told.get(4)).contains("\"type\":\"live\"").contains(at(3, 0));
    append(4, "5!");
    assertThat(client.told(1)).containsExactly(shared(change(4, 5, true)));
  }

  @Test
  void aSlowClientIsAPlaceAndGetsEverythingOnceItReads() {
    var client = new Client().subscribed("");
    var witness = new Client().subscribed("");
    client.line.stuck = true;

    append(1, "1!");
    witness.told(1);
    for (var major = 2; major <= 50; major++) {
      append(major, "1", "x1!");
    }
    witness.told(49);
    client.hasHeardAll();
    client.line.relieve();
    client.session.writable();

    var told = client.told(50);
    assertThat(told).allMatch(text -> text.startsWith("{\"id\":\"o\",\"sub\":"));
    for (var major = 1; major <= 50; major++) {
      assertThat(told.get(major - 1)).isEqualTo(own(change(major, 1, true)));
    }
    append(51, "2!");
    assertThat(client.told(1)).containsExactly(shared(change(51, 2, true)));
    client.hasHeardAll();
  }

  @Test
  void aLoopThatIsTooSlowToBeHandedEverythingLosesNothing() {
    beginInLargeMemory();
    var client = new Client().subscribed("");
    var large = ",\"note\":\"" + "x".repeat(30_000) + "\"}";

    for (var major = 1; major <= 700; major++) {
      var json = change(major, 1, true).replace(",\"size\":1}", large);
      var change = FeedChange.read(0, json.getBytes(UTF_8));
      var entry = new FeedEntry(last, new Position(last.epoch(), major, 0), "", List.of(change));
      feed.append(entry).toCompletableFuture().join();
      last = entry.last();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            !metrics.scrape().contains("rowcast_shapes_skipped_total 0.0")
                && metrics.scrape().contains("rowcast_shapes_changes_total 700.0"));

    var told = client.told(700);
    for (var major = 1; major <= 700; major++) {
      assertThat(told.get(major - 1)).contains("\"tx\":\"" + major + "\"");
    }
  }

  @Test
  void whoWantsTheLatestStatesAloneIsToldThemWhenItLagsBehind() {
    var client = new Client().subscribed(",\"conflate\":true");
    var witness = new Client().subscribed("");
    client.line.stuck = true;
    append(1, "1!");
    for (var major = 2; major <= 20; major++) {
      append(major, "1", "2!");
    }
    witness.told(39);

    client.line.relieve();
    client.session.writable();

    assertThat(client.told(3))
        .containsExactly(
            own(change(20, 1, false)),
            own(change(20, 2, false)),
            ofOwn("\"type\":\"commit\",\"position\":\"" + at(20, 1) + "\""));
    append(21, "1!");
    assertThat(client.told(1)).containsExactly(shared(change(21, 1, true)));
  }

  /** What a stuck client missed while another one heard it comes when it is relieved. */
  private void catchUpWith300(Client client, Client witness) {
    for (var major = 1; major <= 300; major++) {
      append(major, "1!");
    }
    witness.told(300);

    client.line.relieve();
    client.session.writable();
    client.session.look();
  }

  @Test
  void whatIsHeldBackIsNotSaidToHaveBeenTold() {
    beginInLargeMemory();
    var client = new Client().subscribed(",\"conflate\":true");
    var witness = new Client().subscribed("");
    var before = last;
    client.line.stuck = true;
    catchUpWith300(client, witness);

    assertThat(client.told(1))
        .containsExactly("{\"type\":\"position\",\"position\":\"" + before + "\"}");
    assertThat(client.told(1)).containsExactly(own(change(300, 1, false)));
    client.session.look();
    assertThat(client.told(2).getLast())
        .isEqualTo("{\"type\":\"position\",\"position\":\"" + at(300, 0) + "\"}");
  }

  @Test
  void whoComesBackIsToldTheFirstEndOfATransactionBeforeAnyLaterPlace() {
    beginInLargeMemory();
    var witness = new Client().subscribed("");
    var client = new Client();
    client.told(1);
    client.line.stuck = true;
    client.says(
        ORDERS.formatted(
            ",\"conflate\":true,\"since\":\"" + last + "\",\"where\":\"" + EVEN + "\""));
    client.told(1);
    catchUpWith300(client, witness);

    var told = client.told(2);
    assertThat(told.getFirst()).contains("\"type\":\"commit\",\"position\":\"" + at(1, 0) + "\"");
    assertThat(told.getLast()).contains("\"type\":\"position\"");
  }

  @Test
  void anEndThatIsOwedIsNotToldBehindALaterEvent() {
    append(1, "1", "2");
    var client = new Client();
    client.told(1);
    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 1) + "\""));
    client.told(2);

    append(2, "x1!", "3");
    assertThat(client.told(1)).containsExactly(shared(change(2, 3, false)));
    append(3, "4!");

    assertThat(client.told(1)).containsExactly(shared(change(3, 4, true)));
    client.hasHeardAll();
  }

  @Test
  void anotherLogIsToldToWhoFollowsAndToWhoComesWithAnOldPosition() {
    var client = new Client().subscribed("");
    var old = append(1, "1!");
    client.told(1);

    last = feed.begin("l2", 0, "test").last();

    var reset = ofOwn("\"type\":\"reset\",\"reason\":\"epoch\",\"position\":\"" + last + "\"");
    assertThat(client.told(1)).containsExactly(reset);
    append(1, "7!");
    assertThat(client.told(1)).containsExactly(shared(change(1, 7, true)));
    var returning = new Client();
    returning.told(1);
    returning.says(ORDERS.formatted(",\"since\":\"" + old + "\""));
    var told = returning.told(3);
    assertThat(told.get(0)).endsWith("\"resumed\":false}");
    assertThat(told.get(1)).contains("\"reason\":\"epoch\"").contains(at(1, 0));
    assertThat(told.get(2)).contains("\"type\":\"live\"");
  }

  @Test
  void whatIsNoLongerKeptIsToldWithItsReason() {
    for (var major = 1; major <= 400; major++) {
      append(major, "1!");
    }
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 0) + "\""));

    assertThat(client.told(3).get(1)).contains("\"reason\":\"trimmed\"").contains(at(400, 0));
  }

  @Test
  void aReplayAboveItsLimitIsAReset() {
    shared = shared(new LiveLimits(100, new DataSize(1024), 1000));
    live = live();
    append(1, "1!");
    for (var major = 2; major <= 20; major++) {
      append(major, "1!");
    }
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted(",\"since\":\"" + at(1, 0) + "\""));

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          loop.run();
          return client.line.said().stream().anyMatch(text -> text.contains("\"type\":\"live\""));
        });
    assertThat(client.line.said())
        .anyMatch(text -> text.contains("\"reason\":\"truncated-history\""));
  }

  @Test
  void whatCannotBeDecidedIsAResetOfTheShape() {
    var client = new Client().subscribed(",\"where\":\"size=eq.1\"");

    append(1, "7?", "2!");

    var shape = shape("size=eq.1").id();
    assertThat(client.told(2))
        .containsExactly(
            "{\"sub\":\""
                + shape
                + "\",\"type\":\"reset\",\"reason\":\"undecided\",\"position\":\""
                + at(1, 0)
                + "\"}",
            shared(shape, change(1, 2, true)));
  }

  @Test
  void twoEqualSubscriptionsOfOneConnectionAreHandedOneFrame() {
    var client = new Client().subscribed("");
    client.says(ORDERS.formatted(",\"where\":\"" + EVEN + "\"").replace("\"o\"", "\"e\""));
    client.says(ORDERS.formatted("").replace("\"o\"", "\"p\""));
    client.told(4);

    append(1, "1!");
    append(2, "x1!");
    append(3, "3!");

    assertThat(client.told(2))
        .containsExactly(shared(change(1, 1, true)), shared(change(3, 3, true)));
    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");
    assertThat(client.told(1)).containsExactly("{\"type\":\"ok\",\"id\":\"o\"}");
    append(4, "5!");
    assertThat(client.told(1)).containsExactly(shared(change(4, 5, true)));
    client.hasHeardAll();
  }

  @Test
  void whoUnsubscribesHearsNoMore() {
    var client = new Client().subscribed("");
    var witness = new Client().subscribed("");
    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");
    client.told(1);

    append(1, "1!");

    witness.told(1);
    client.hasHeardAll();
    client.says("{\"type\":\"unsubscribe\",\"id\":\"o\"}");
    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":404");
  }

  @Test
  void aSyncIsAnsweredWhenEverythingUpToThereIsTold() {
    var client = new Client().subscribed("");
    client.says("{\"type\":\"sync\",\"id\":\"s\",\"position\":\"" + at(2, 0) + "\"}");
    client.hasHeardAll();

    append(1, "1!");
    client.told(1);
    append(2, "x1!");

    assertThat(client.told(1))
        .containsExactly("{\"type\":\"synced\",\"id\":\"s\",\"position\":\"" + at(2, 0) + "\"}");
    client.says("{\"type\":\"sync\",\"id\":\"t\"}");
    assertThat(client.told(1).getFirst()).startsWith("{\"type\":\"synced\",\"id\":\"t\"");
    client.says("{\"type\":\"sync\",\"id\":\"u\",\"position\":\"other.1-1\"}");
    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"error\",\"id\":\"u\",\"code\":400");
  }

  @Test
  void aConnectionIsToldWhereItIsAlthoughNothingMatched() {
    var client = new Client().subscribed(",\"where\":\"" + EVEN + "\"");
    var witness = new Client().subscribed("");
    append(1, "1!");
    witness.told(1);

    pass(Duration.ofSeconds(6));

    assertThat(client.told(1))
        .containsExactly("{\"type\":\"position\",\"position\":\"" + at(1, 0) + "\"}");
    pass(Duration.ofSeconds(15));
    assertThat(client.line.said().stream().filter(text -> text.startsWith("1 ")).count())
        .isEqualTo(4);
    pass(Duration.ofSeconds(9));
    assertThat(client.line.said().stream().filter(text -> text.contains("position\",")).count())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void whoHasSubscribedToNoTableIsToldNoPlace() {
    append(1, "1!");
    var client = new Client();
    client.told(1);

    pass(Duration.ofSeconds(30));

    assertThat(client.line.said().stream().filter(text -> text.startsWith("1 ")))
        .hasSizeGreaterThan(1)
        .noneMatch(text -> text.contains("position"))
        .last()
        .isEqualTo("1 {\"type\":\"heartbeat\"}");
  }

  @Test
  void facilitiesAreHeardOnTheSameSocket() {
    bus.keep(LOBBY, "{\"hello\": 1}");
    var client = new Client().subscribed("");

    client.says("{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\"}");
    bus.hear(LOBBY, "no json");
    bus.hear(LOBBY, new byte[] {(byte) 0xFF});
    loop.run();

    assertThat(client.told(4))
        .containsExactly(
            "{\"type\":\"subscribed\",\"id\":\"c\",\"facility\":\"lobby\",\"audience\":\"broadcast\"}",
            "{\"type\":\"message\",\"facility\":\"lobby\",\"audience\":\"broadcast\",\"data\":{\"hello\":"
                + " 1}}",
            "{\"type\":\"message\",\"facility\":\"lobby\",\"audience\":\"broadcast\",\"text\":\"no"
                + " json\"}",
            "{\"type\":\"message\",\"facility\":\"lobby\",\"audience\":\"broadcast\",\"base64\":\"/w==\"}");
    assertThat(facilities).containsExactly("lobby");
    client.says("{\"type\":\"unsubscribe\",\"id\":\"c\"}");
    assertThat(bus.subscriptions()).isEmpty();
    assertThat(facilities).isEmpty();
  }

  @Test
  void whatIsSaidAtAFacilityIsAnsweredOnceTheBusHasIt() {
    bus.holdAcknowledgements();
    var client = new Client();
    client.told(1);

    client.says("{\"type\":\"publish\",\"id\":\"p\",\"facility\":\"lobby\",\"data\":{\"n\":1.50}}");
    client.hasHeardAll();
    bus.acknowledge();

    assertThat(client.told(1)).containsExactly("{\"type\":\"ok\",\"id\":\"p\"}");
    assertThat(bus.published())
        .containsExactly(new ManualBus.Published(LOBBY, "{\"n\":1.50}", Duration.ofHours(1)));
  }

  @Test
  void theRulesOfFacilitiesHoldHereToo() {
    var client = new Client();
    client.told(1);

    client.says("{\"type\":\"subscribe\",\"id\":\"a\",\"facility\":\"closed\"}");
    client.says("{\"type\":\"publish\",\"id\":\"b\",\"facility\":\"closed\",\"text\":\"x\"}");
    client.says(
        "{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\",\"audience\":\"user\"}");
    client.says("{\"type\":\"subscribe\",\"id\":\"d\",\"facility\":\"full\"}");
    client.says("{\"type\":\"subscribe\",\"id\":\"e\",\"facility\":\"lobby\"}");
    client.says("{\"type\":\"subscribe\",\"id\":\"f\",\"facility\":\"lobby\"}");

    var told = client.told(6);
    assertThat(told.get(0)).startsWith("{\"type\":\"error\",\"id\":\"a\",\"code\":403");
    assertThat(told.get(1)).startsWith("{\"type\":\"error\",\"id\":\"b\",\"code\":403");
    assertThat(told.get(2)).startsWith("{\"type\":\"error\",\"id\":\"c\",\"code\":403");
    assertThat(told.get(3)).startsWith("{\"type\":\"error\",\"id\":\"d\",\"code\":429");
    assertThat(told.get(4)).startsWith("{\"type\":\"subscribed\",\"id\":\"e\"");
    assertThat(told.get(5)).startsWith("{\"type\":\"error\",\"id\":\"f\",\"code\":409");
    assertThat(bus.published()).isEmpty();
  }

  @Test
  void aTableThatIsNotThereAnIdThatIsTakenAndOneTooManyAreRefused() {
    shared = shared(new LiveLimits(1, DataSize.ofMebibytes(1), 1000));
    live = live();
    var client = new Client();
    client.told(1);

    client.says(ORDERS.formatted("").replace("orders", "nothing"));
    assertThat(client.told(1))
        .containsExactly(
            "{\"type\":\"error\",\"id\":\"o\",\"code\":404,\"message\":\"no such table\"}");
    client.says(ORDERS.formatted(""));
    client.told(2);
    client.says(ORDERS.formatted(""));
    client.says(ORDERS.formatted("").replace("\"o\"", "\"p\""));

    var told = client.told(2);
    assertThat(told.get(0)).startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":409");
    assertThat(told.get(1)).startsWith("{\"type\":\"error\",\"id\":\"p\",\"code\":429");
    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void whatIsNoMessageOfTheProtocolEndsTheConnection() {
    var client = new Client();
    client.told(1);
    client.says("{\"type\":\"subscribe\",\"id\":\"o\",\"tabel\":\"x\"}");

    var told = client.told(2);
    assertThat(told.get(0)).startsWith("{\"type\":\"error\",\"id\":\"o\",\"code\":400");
    assertThat(told.get(1)).isEqualTo("8 4400 malformed");
    var other = new Client();
    other.told(1);
    other.frame(0x82, "{\"type\":\"ping\"}".getBytes(UTF_8));
    assertThat(other.told(2).get(1)).isEqualTo("8 4400 malformed");
  }

  @Test
  void aPingIsAnswered() {
    var client = new Client();
    client.told(1);

    client.says("{\"type\":\"ping\"}");
    client.says("{\"type\":\"ping\",\"id\":\"1\"}");

    assertThat(client.told(2))
        .containsExactly("{\"type\":\"pong\"}", "{\"type\":\"pong\",\"id\":\"1\"}");
  }

  @Test
  void aTokenIsRenewedInTimeOrTheConnectionEnds() {
    var client = new Client(user("ann", NOON.plusSeconds(90)));
    assertThat(client.told(1).getFirst()).contains("\"heartbeat\":25,\"expires_in\":90,");

    pass(Duration.ofSeconds(40));
    client.session.pong(new byte[0]);
    assertThat(client.line.said())
        .anyMatch(text -> text.startsWith("1 {\"type\":\"expiring\",\"in\":"));
    recognition = user("ann", NOON.plusSeconds(60));
    client.says("{\"type\":\"auth\",\"id\":\"a\",\"token\":\"t2\"}");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          loop.run();
          return client.line.said().contains("1 {\"type\":\"ok\",\"id\":\"a\",\"expires_in\":60}");
        });
    for (var second = 0; second < 70 && client.session.isOpen(); second++) {
      client.says("{\"type\":\"ping\"}");
      pass(Duration.ofSeconds(1));
    }

    assertThat(client.line.said().getLast()).startsWith("8 4501 token expired retry=");
  }

  @Test
  void aTokenOfSomebodyElseIsRefusedAndABadOneEndsTheConnection() {
    var client = new Client(user("ann", null));
    client.told(1);
    recognition = user("bob", null);
    client.says("{\"type\":\"auth\",\"id\":\"a\",\"token\":\"b\"}");
    assertThat(client.told(1).getFirst())
        .startsWith("{\"type\":\"error\",\"id\":\"a\",\"code\":403");

    recognition = new Recognition.Rejected(CloseReason.UNRECOGNISED, "a test");
    client.says("{\"type\":\"auth\",\"token\":\"c\"}");

    assertThat(client.told(1).getFirst()).startsWith("8 4401 not recognised retry=");
  }

  @Test
  void whoseSubscriptionsWouldBeOthersByItsNewTokenSubscribesAnew() {
    var client = new Client().subscribed("");
    recognition = user("ann", null);

    client.says("{\"type\":\"auth\",\"token\":\"t\"}");
    assertThat(client.told(1)).containsExactly("{\"type\":\"ok\"}");
    var other = new Client().subscribed("");
    other.says(ORDERS.formatted("").replace("orders", "own").replace("\"o\"", "\"p\""));
    other.told(2);
    other.says("{\"type\":\"auth\",\"token\":\"t\"}");

    assertThat(other.told(2).get(1)).startsWith("8 4502 configuration changed retry=");
    assertThat(client.session.isOpen()).isTrue();
  }

  @Test
  void aTableThatHasBecomeAnotherEndsWhoHearsIt() {
    var client = new Client().subscribed("");
    isCurrent = false;

    pass(Duration.ofSeconds(6));

    assertThat(client.told(1).getFirst()).startsWith("8 4502 configuration changed retry=");
  }

  @Test
  void newRulesEndWhoHearsTables() {
    var client = new Client().subscribed("");
    var other = new Client();
    other.told(1);

    shared.reconfigured();

    assertThat(client.told(1).getFirst()).startsWith("8 4502 configuration changed retry=");
    assertThat(other.session.isOpen()).isTrue();
  }

  @Test
  void anEndThatAsksForAReturnSaysWhen() {
    var client = new Client();
    client.told(1);

    home.drain(Duration.ZERO);

    assertThat(client.told(1).getFirst()).matches("8 1001 Websocket Closed retry=[0-9]+");
    assertThat(client.line.finished).isTrue();
  }

  @Test
  void nothingIsLeftOfWhoHasGone() {
    var client = new Client().subscribed("");
    client.says("{\"type\":\"subscribe\",\"id\":\"c\",\"facility\":\"lobby\"}");
    client.told(1);

    client.session.closed();
    append(1, "1!");
    pass(Duration.ofSeconds(30));

    client.hasHeardAll();
    assertThat(home.count()).isZero();
    assertThat(bus.subscriptions()).isEmpty();
    assertThat(facilities).isEmpty();
    assertThat(live.shapes().position()).isNotNull();
  }
}
