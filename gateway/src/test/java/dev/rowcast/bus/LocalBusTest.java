package dev.rowcast.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalBusTest extends BusContract {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);

  @Override
  protected Bus newBus() {
    return new LocalBus(new BusMeters(new Metrics()), now::get);
  }

  @Override
  protected void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void aFullQueueRefusesAtOnceAndRecovers() throws Exception {
    var entered = new CountDownLatch(1);
    var blocked = new CountDownLatch(1);
    try (var small =
        new LocalBus(
            new BusMeters(new Metrics()),
            DataSize.ofKibibytes(4),
            DataSize.ofKibibytes(4),
            now::get)) {
      small.start(
          new BusListener() {
            @Override
            public void message(Topic topic, byte[] payload) {
              entered.countDown();
              awaitLatch(blocked);
            }

            @Override
            public void flush() {}
          });
      done(small.subscribe(RODAN));
      var first = small.publish(RODAN, new byte[1_000], Duration.ZERO);
      awaitLatch(entered);

      var answers =
          IntStream.range(0, 100)
              .mapToObj(_ -> small.publish(RODAN, new byte[1_000], Duration.ZERO))
              .map(CompletionStage::toCompletableFuture)
              .toList();

      assertThat(answers.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSize(97);
      assertThat(answers.subList(3, 100)).allMatch(CompletableFuture::isCompletedExceptionally);
      assertThatThrownBy(() -> done(answers.getLast()))
          .isInstanceOfSatisfying(
              BusException.class, failure -> assertThat(failure.retryable()).isTrue());
      blocked.countDown();
      done(first);
      for (var accepted : answers.subList(0, 3)) {
        done(accepted);
      }
      done(small.publish(RODAN, bytes("again"), Duration.ZERO));
    } finally {
      blocked.countDown();
    }
  }

  @Test
  void publishingBeforeTheStartFailsForNow() {
    var waiting = new LocalBus(new BusMeters(new Metrics()), now::get);

    assertThatThrownBy(() -> done(waiting.publish(RODAN, bytes("x"), Duration.ZERO)))
        .isInstanceOfSatisfying(
            BusException.class, failure -> assertThat(failure.retryable()).isTrue());

    waiting.close();
  }

  @Test
  void lastValuesStayWithinTheirBoundAndTheSoonestToEndGoFirst() {
    var values = new LastValues(DataSize.ofKibibytes(64), now::get);
    for (var i = 0; i < 1_000; i++) {
      values.put(Topic.broadcast("f" + i), new byte[1_000], Duration.ofSeconds(1_000 - i));
    }

    assertThat(values.bytes()).isBetween(60_000L, 64L * 1024);
    assertThat(values.get(Topic.broadcast("f0"))).isPresent();
    assertThat(values.get(Topic.broadcast("f999"))).isEmpty();

    pass(Duration.ofSeconds(2_000));
    values.put(RODAN, bytes("fresh"), Duration.ofSeconds(1));
    assertThat(values.bytes()).isLessThan(400);
  }
}
