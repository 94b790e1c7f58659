package dev.rowcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.base.Ticker;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.RowChange;
import dev.rowcast.observe.Metrics;
import dev.rowcast.routing.ChangeRouter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RelayTest {
  private static final Instant AT = Instant.EPOCH;
  private final Metrics metrics = new Metrics();

  @Test
  void everyChangeIsPublishedInItsOrderAndNothingIsKept() throws Exception {
    var bus = ScriptedBus.thatAnswersAtOnce();

    relay(bus).handle(batch(1, "a", "b", "c"));

    assertThat(bus.sent())
        .containsExactly("broadcast:t \"a\"", "broadcast:t \"b\"", "broadcast:t \"c\"");
    assertThat(bus.keeps()).containsOnly(Duration.ZERO);
    assertThat(metrics.scrape()).contains("rowcast_relay_messages_total 3.0");
  }

  @Test
  void returnsOnlyWhenTheLastMessageIsAcknowledged() throws Exception {
    var bus = new ScriptedBus();
    var handling = handling(relay(bus), batch(1, "a", "b", "c"));
    await().until(() -> bus.unanswered() == 3);

    bus.acknowledge(2);

    assertThat(handling).isNotDone();
    bus.acknowledge(1);
    handling.get(5, TimeUnit.SECONDS);
  }

  @Test
  void aFailedMessageFailsTheBatchOnceAllOthersAreAnswered() throws Exception {
    var bus = new ScriptedBus();
    var handling = handling(relay(bus), batch(7, "a", "b", "c"));
    await().until(() -> bus.unanswered() == 3);

    bus.acknowledge(1);
    bus.refuseNext();

    assertThat(handling).isNotDone();
    bus.acknowledge(1);
    assertThatThrownBy(() -> handling.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessage("batch 7 was not acknowledged: Redis is away");
    assertThat(metrics.scrape())
        .contains("rowcast_relay_failures_total 1.0")
        .contains("rowcast_relay_messages_total 0.0");
  }

  @Test
  void nothingMoreIsSentAfterAFailureAndTheRepeatBeginsAtTheBeginning() throws Exception {
    var bus = new ScriptedBus();
    var many = IntStream.range(0, Flight.MAX_MESSAGES + 10).mapToObj(i -> "m" + i).toList();
    var batch = batch(1, many.toArray(String[]::new));
    var relay = relay(bus);
    var handling = handling(relay, batch);
    await().until(() -> bus.unanswered() == Flight.MAX_MESSAGES);

    bus.refuseNext();
    bus.acknowledge(Flight.MAX_MESSAGES - 1);

    assertThatThrownBy(() -> handling.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RelayException.class);
    assertThat(bus.sent()).hasSize(Flight.MAX_MESSAGES);
    var again = handling(relay, batch);
    await().until(() -> bus.unanswered() == Flight.MAX_MESSAGES);
    bus.acknowledge(Flight.MAX_MESSAGES);
    await().until(() -> bus.unanswered() == 10);
    bus.acknowledge(10);
    again.get(5, TimeUnit.SECONDS);
    var expected = new ArrayList<>(many.subList(0, Flight.MAX_MESSAGES));
    expected.addAll(many);
    assertThat(bus.sent())
        .containsExactlyElementsOf(
            expected.stream().map(m -> "broadcast:t \"" + m + "\"").toList());
  }

  @Test
  void bytesUnderWayAreBoundedButALargeMessageGoesAlone() throws Exception {
    var bus = new ScriptedBus();
    var large = "x".repeat((int) Flight.MAX_BYTES + 1);
    var handling = handling(relay(bus), batch(1, large, "a", large));

    await().until(() -> bus.unanswered() == 1);
    bus.acknowledge(1);
    await().until(() -> bus.unanswered() == 1);
    assertThat(bus.sent()).hasSize(2);
    bus.acknowledge(1);
    await().until(() -> bus.unanswered() == 1);
    bus.acknowledge(1);
    handling.get(5, TimeUnit.SECONDS);
  }

  @Test
  void anUnansweredBatchFailsAtItsDeadline() {
    var bus = new ScriptedBus();
    var clock = new long[] {0, Relay.DEADLINE.toNanos() - 1};
    var reads = new int[1];
    Ticker nearlyLate = () -> clock[Math.min(reads[0]++, 1)];
    var relay = new Relay(new ChangeRouter(List.of()), bus, metrics, nearlyLate);

    assertThatThrownBy(() -> relay.handle(batch(3, "a")))
        .isInstanceOf(RelayException.class)
        .hasMessage("batch 3 was not acknowledged: 1 messages are unanswered after the deadline");
  }

  @Test
  void nothingIsSentWhileThisNodeIsDeaf() {
    var bus = ScriptedBus.thatAnswersAtOnce();
    bus.hears(0);

    assertThatThrownBy(() -> relay(bus).handle(batch(3, "a")))
        .hasMessage("batch 3 waits until this node hears Redis again");
    assertThat(bus.sent()).isEmpty();
  }

  @Test
  void aBatchDuringWhichTheSubscriptionBrokeIsBroughtAgain() throws Exception {
    var bus = new ScriptedBus();
    var handling = handling(relay(bus), batch(4, "a"));
    await().until(() -> bus.unanswered() == 1);

    bus.hears(2);
    bus.acknowledge(1);

    assertThatThrownBy(() -> handling.get(5, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessage("batch 4 waits until this node hears Redis again");
  }

  @Test
  void aBatchThatBecomesNoMessageIsDoneAtOnce() throws Exception {
    var bus = new ScriptedBus();

    relay(bus).handle(new CapturedBatch("e", 1, List.of()));

    assertThat(bus.sent()).isEmpty();
  }

  private Relay relay(ScriptedBus bus) {
    return new Relay(new ChangeRouter(List.of()), bus, metrics, Ticker.SYSTEM);
  }

  private static CompletableFuture<Void> handling(Relay relay, CapturedBatch batch) {
    var done = new CompletableFuture<Void>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            relay.handle(batch);
            done.complete(null);
          } catch (InterruptedException | RuntimeException failure) {
            done.completeExceptionally(failure);
          }
        });
    return done;
  }

  private static CapturedBatch batch(long number, String... payloads) {
    var changes =
        Arrays.stream(payloads)
            .<RowChange>map(text -> new RowChange.Published("t", "\"" + text + "\""))
            .toList();
    return new CapturedBatch(
        "e", number, List.of(new CommittedTransaction("1", AT, number, 0, changes)));
  }
}
