package dev.rowcast.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Bus} promises; run against the in-process one and against a real Redis. */
public abstract class BusContract {
  protected static final Topic RODAN = Topic.broadcast("rodan");
  protected static final Topic OTHER = Topic.broadcast("a/b ü");

  protected Bus bus;
  protected RecordingListener heard;

  /** A bus that is not started yet, under names that no earlier test has used. */
  protected abstract Bus newBus() throws Exception;

  /** Lets this much time pass for the last values. */
  protected abstract void pass(Duration time);

  /** Returns when publications can succeed. */
  protected void awaitReady() {
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> done(bus.lastValue(RODAN)).isEmpty());
  }

  @BeforeEach
  void startBus() throws Exception {
    bus = newBus();
    heard = new RecordingListener();
    bus.start(heard);
    awaitReady();
  }

  @AfterEach
  void closeBus() {
    bus.close();
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("rowcast-bus") || name.startsWith("lettuce-")));
  }

  @Test
  void subscriberHearsWhatIsPublishedVerbatim() throws Exception {
    var payload = new byte[256];
    for (var i = 0; i < payload.length; i++) {
      payload[i] = (byte) i;
    }
    done(bus.subscribe(RODAN));

    done(bus.publish(RODAN, payload, Duration.ZERO));

    heard.awaitCount(RODAN, 1);
    assertThat(heard.payloads(RODAN).getFirst()).isEqualTo(payload);
  }

  @Test
  void messagesAreFollowedByAFlush() throws Exception {
    done(bus.subscribe(RODAN));

    for (var i = 0; i < 1_000; i++) {
      var _ = bus.publish(RODAN, bytes("message " + i), Duration.ZERO);
    }

    heard.awaitCount(RODAN, 1_000);
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.unflushed() == 0);
    done(bus.publish(RODAN, new byte[200_000], Duration.ZERO));
    heard.awaitCount(RODAN, 1_001);
    await().atMost(Duration.ofSeconds(10)).until(() -> heard.unflushed() == 0);
  }

  @Test
  void nothingIsHeardOfOtherTopicsNorAfterUnsubscribing() throws Exception {
    done(bus.subscribe(RODAN));
    done(bus.publish(OTHER, bytes("elsewhere"), Duration.ZERO));
    done(bus.publish(RODAN, bytes("first"), Duration.ZERO));
    heard.awaitCount(RODAN, 1);
    bus.unsubscribe(RODAN);
    done(bus.subscribe(OTHER));

    done(bus.publish(RODAN, bytes("unheard"), Duration.ZERO));
    done(bus.publish(OTHER, bytes("last"), Duration.ZERO));

    heard.awaitCount(OTHER, 1);
    assertThat(heard.texts(RODAN)).containsExactly("first");
    assertThat(heard.texts(OTHER)).containsExactly("last");
  }

  @Test
  void aTopicIsHeardUntilItsLastSubscriptionEnds() throws Exception {
    done(bus.subscribe(RODAN));
    done(bus.subscribe(RODAN));
    bus.unsubscribe(RODAN);
    done(bus.publish(RODAN, bytes("one left"), Duration.ZERO));
    heard.awaitCount(RODAN, 1);
    bus.unsubscribe(RODAN);
    done(bus.subscribe(OTHER));

    done(bus.publish(RODAN, bytes("none left"), Duration.ZERO));
    done(bus.publish(OTHER, bytes("end"), Duration.ZERO));

    heard.awaitCount(OTHER, 1);
    assertThat(heard.texts(RODAN)).containsExactly("one left");
  }

  @Test
  void subscribingAgainAtOnceIsHeard() throws Exception {
    for (var i = 0; i < 50; i++) {
      done(bus.subscribe(RODAN));
      done(bus.publish(RODAN, bytes("m" + i), Duration.ZERO));
      heard.awaitText(RODAN, "m" + i);
      bus.unsubscribe(RODAN);
    }
    done(bus.subscribe(RODAN));
    done(bus.publish(RODAN, bytes("end"), Duration.ZERO));

    heard.awaitText(RODAN, "end");
    assertThat(heard.texts(RODAN)).hasSize(51);
  }

  @Test
  void oneMessageReachesTheListenerOnceForManySubscriptions() throws Exception {
    for (var i = 0; i < 5; i++) {
      done(bus.subscribe(RODAN));
    }

    done(bus.publish(RODAN, bytes("once"), Duration.ZERO));
    done(bus.publish(RODAN, bytes("end"), Duration.ZERO));

    heard.awaitText(RODAN, "end");
    assertThat(heard.texts(RODAN)).containsExactly("once", "end");
  }

  @Test
  void messagesOfOnePublisherKeepTheirOrder() throws Exception {
    done(bus.subscribe(RODAN));
    var sent = IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();

    var answers = new ArrayList<CompletionStage<Void>>();
    for (var text : sent) {
      answers.add(
          bus.publish(
              RODAN, bytes(text), text.endsWith("7") ? Duration.ofHours(1) : Duration.ZERO));
    }
    for (var answer : answers) {
      done(answer);
    }

    heard.awaitCount(RODAN, sent.size());
    assertThat(heard.texts(RODAN)).isEqualTo(sent);
    assertThat(lastText(RODAN)).contains("4997");
  }

  @Test
  void messagesOfManyPublishersEachKeepTheirOrder() throws Exception {
    done(bus.subscribe(RODAN));
    var start = new CountDownLatch(1);
    var threads =
        IntStream.range(0, 4)
            .mapToObj(publisher ->
                Thread.startVirtualThread(() -> {
                  awaitLatch(start);
                  for (var i = 0; i < 500; i++) {
                    publishAndForget(publisher + ":" + i);
                  }
                }))
            .toList();

    start.countDown();
    for (var thread : threads) {
      thread.join();
    }

    heard.awaitCount(RODAN, 2_000);
    for (var publisher = 0; publisher < 4; publisher++) {
      var own = publisher + ":";
      assertThat(heard.texts(RODAN).stream().filter(text -> text.startsWith(own)))
          .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> own + i).toList());
    }
  }

  @Test
  void listenerIsCalledOnOneThreadOfTheBus() throws Exception {
    done(bus.subscribe(RODAN));

    for (var i = 0; i < 100; i++) {
      done(bus.publish(RODAN, bytes("m" + i), Duration.ZERO));
    }

    heard.awaitCount(RODAN, 100);
    assertThat(heard.threads()).hasSize(1).doesNotContain(Thread.currentThread());
  }

  @Test
  void aListenerThatFailsHearsTheNextMessage() throws Exception {
    done(bus.subscribe(RODAN));
    heard.failOnce();

    done(bus.publish(RODAN, bytes("fails"), Duration.ZERO));
    done(bus.publish(RODAN, bytes("next"), Duration.ZERO));

    heard.awaitText(RODAN, "next");
  }

  @Test
  void lastValueIsKeptOnlyWhenAskedFor() throws Exception {
    done(bus.publish(RODAN, bytes("gone"), Duration.ZERO));
    assertThat(lastText(RODAN)).isEmpty();

    done(bus.publish(RODAN, bytes("kept"), Duration.ofHours(1)));
    done(bus.publish(RODAN, bytes("leaves the old one"), Duration.ZERO));

    assertThat(lastText(RODAN)).contains("kept");
    assertThat(lastText(OTHER)).isEmpty();
  }

  @Test
  void theLastWriteIsTheLastValue() throws Exception {
    done(bus.publish(RODAN, bytes("one"), Duration.ofHours(1)));
    done(bus.publish(RODAN, bytes("two"), Duration.ofMinutes(1)));

    assertThat(lastText(RODAN)).contains("two");
  }

  @Test
  void lastValueEndsWithItsTime() throws Exception {
    done(bus.publish(RODAN, bytes("short"), Duration.ofSeconds(1)));
    assertThat(lastText(RODAN)).contains("short");

    pass(Duration.ofMillis(1_500));

    await().atMost(Duration.ofSeconds(3)).until(() -> lastText(RODAN).isEmpty());
  }

  @Test
  void aKeepOfLessThanASecondIsStillKept() throws Exception {
    done(bus.publish(RODAN, bytes("brief"), Duration.ofMillis(900)));

    assertThat(lastText(RODAN)).contains("brief");
  }

  @Test
  void anEmptyPayloadIsNotPublished() throws Exception {
    done(bus.subscribe(RODAN));

    done(bus.publish(RODAN, new byte[0], Duration.ofHours(1)));
    done(bus.publish(RODAN, bytes("end"), Duration.ZERO));

    heard.awaitCount(RODAN, 1);
    assertThat(heard.texts(RODAN)).containsExactly("end");
    assertThat(lastText(RODAN)).isEmpty();
  }

  @Test
  void aLargePayloadArrivesWhole() throws Exception {
    done(bus.subscribe(RODAN));
    var payload = new byte[3 << 20];
    for (var i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 31);
    }

    done(bus.publish(RODAN, payload, Duration.ofHours(1)));

    heard.awaitCount(RODAN, 1);
    assertThat(heard.payloads(RODAN).getFirst()).isEqualTo(payload);
    assertThat(done(bus.lastValue(RODAN)).orElseThrow()).isEqualTo(payload);
  }

  @Test
  void aClosedBusFailsEverythingForGood() {
    bus.close();
    bus.close();

    for (var stage :
        List.of(
            bus.subscribe(RODAN),
            bus.publish(RODAN, bytes("x"), Duration.ZERO),
            bus.lastValue(RODAN))) {
      assertThatThrownBy(() -> done(stage))
          .isInstanceOfSatisfying(
              BusException.class, failure -> assertThat(failure.retryable()).isFalse());
    }
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  protected final Optional<String> lastText(Topic topic) throws Exception {
    return done(bus.lastValue(topic)).map(value -> new String(value, UTF_8));
  }

  /** The stage's result, or its own exception. */
  protected static <T> T done(CompletionStage<T> stage) throws Exception {
    try {
      return stage.toCompletableFuture().get(10, SECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof BusException cause ? cause : failure;
    }
  }

  private void publishAndForget(String text) {
    var _ = bus.publish(RODAN, bytes(text), Duration.ZERO);
  }

  protected static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
