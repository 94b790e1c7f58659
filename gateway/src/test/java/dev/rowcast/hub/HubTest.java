package dev.rowcast.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import dev.rowcast.protocol.PerMessageDeflate;
import dev.rowcast.testing.CrankedLoop;
import dev.rowcast.testing.FakeTicker;
import dev.rowcast.testing.ManualBus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HubTest {
  private static final Topic A = Topic.broadcast("a");
  private static final Topic B = Topic.broadcast("b");

  private final ManualBus bus = new ManualBus();
  private final FakeTicker ticker = new FakeTicker();
  private final Hub hub = new Hub(bus, Optional.of("--heartbeat--"), new Metrics(), ticker);
  private final CrankedLoop loop = new CrankedLoop();
  private final LoopShard shard = shard(loop);

  HubTest() {
    bus.start(hub);
  }

  private LoopShard shard(CrankedLoop on) {
    return hub.shard(on, new UnpooledByteBufAllocator(false));
  }

  /** Keeps what it gets; may leave in the middle of a delivery. */
  private static class Recorder extends Subscriber {
    final List<List<String>> bursts = new ArrayList<>();
    final List<byte[]> bytes = new ArrayList<>();
    final List<ByteBuffer> memory = new ArrayList<>();
    final Map<Integer, Optional<String>> lastValues = new HashMap<>();
    @Nullable LoopShard leaves;
    int missed;

    @Override
    protected void deliver(Burst burst) {
      bursts.add(
          burst.messages().stream().map(message -> new String(message.payload(), UTF_8)).toList());
      for (int i = 0; i < burst.buffers(); i++) {
        var shared = burst.share(i);
        memory.add(shared.nioBuffer());
        var copy = new byte[shared.readableBytes()];
        shared.readBytes(copy);
        bytes.add(copy);
        shared.release();
      }
      if (leaves != null) {
        leaves.unsubscribe(this);
      }
    }

    @Override
    protected void lastValue(int index, @Nullable Message message) {
      lastValues.put(index, Optional.ofNullable(message).map(m -> new String(m.payload(), UTF_8)));
    }

    @Override
    protected void missed() {
      missed++;
    }
  }

  private Recorder subscriber(Topic... topics) {
    var recorder = new Recorder();
    shard.subscribe(recorder, List.of(topics), Encoding.PLAIN);
    loop.run();
    return recorder;
  }

  @Test
  void aLoneMessageLeavesAsOneTextFrame() {
    var one = subscriber(A);

    bus.hear(A, "hi");
    loop.run();

    assertThat(one.bytes).containsExactly(new byte[] {(byte) 0x81, 2, 'h', 'i'});
  }

  @Test
  void whatIsQueuedIsJoinedIntoOneBufferThatAllShare() {
    var members = List.of(subscriber(A), subscriber(A), subscriber(A));

    for (int i = 0; i < 64; i++) {
      bus.hear(A, "message " + i);
    }
    loop.run();

    for (var member : members) {
      assertThat(member.bursts).hasSize(1);
      assertThat(member.bursts.getFirst()).hasSize(64).startsWith("message 0");
      assertThat(member.bytes).hasSize(1);
      assertThat(member.bytes.getFirst()).isEqualTo(members.getFirst().bytes.getFirst());
    }
    assertThat(hub.meters().drains.sum()).isEqualTo(1);
    assertThat(hub.meters().writes.sum()).isEqualTo(3);
    assertThat(hub.meters().deliveries.sum()).isEqualTo(192);
  }

  @Test
  void whatCameTogetherLeavesTogether() {
    var one = subscriber(A);

    hub.message(A, "1".getBytes(UTF_8));
    loop.run();
    hub.message(A, "2".getBytes(UTF_8));
    loop.run();
    assertThat(one.bursts).isEmpty();

    hub.flush();
    loop.run();
    assertThat(one.bursts).containsExactly(List.of("1", "2"));
  }

  @Test
  void betweenTwoDrainsTheLoopLooksAtItsSockets() {
    var afterIo = new ArrayList<Runnable>();
    var busy =
        hub.shard(
            new Loop() {
              @Override
              public void execute(Runnable task) {
                loop.execute(task);
              }

              @Override
              public void executeAfterIo(Runnable task) {
                afterIo.add(task);
              }

              @Override
              public void executeAfter(long nanos, Runnable task) {
                throw new AssertionError("there is nobody to wait for");
              }

              @Override
              public boolean inLoop() {
                return true;
              }
            },
            new UnpooledByteBufAllocator(false));
    var heard = new ArrayList<String>();
    busy.subscribe(
        new Recorder() {
          @Override
          protected void deliver(Burst burst) {
            super.deliver(burst);
            heard.addAll(bursts.getLast());
            if (heard.size() < 3) {
              bus.hear(A, "more");
            }
          }
        },
        List.of(A),
        Encoding.PLAIN);

    bus.hear(A, "first");
    loop.run();
    assertThat(heard).containsExactly("first");
    assertThat(afterIo).hasSize(1);

    afterIo.removeFirst().run();
    loop.run();
    assertThat(heard).containsExactly("first", "more");

    afterIo.removeFirst().run();
    loop.run();
    assertThat(heard).containsExactly("first", "more", "more");
    assertThat(afterIo).isEmpty();
  }

  /** Takes its time over each burst, and hears of another message meanwhile, once. */
  private final class Busy extends Recorder {
    private final Duration takes;
    private boolean isFirst = true;

    Busy(Duration takes) {
      this.takes = takes;
    }

    @Override
    protected void deliver(Burst burst) {
      super.deliver(burst);
      ticker.advance(takes);
      if (isFirst) {
        isFirst = false;
        bus.hear(A, "second");
      }
    }
  }

  @Test
  void whoHasMoreToDrainWaitsForTheOtherLoops() {
    var other = new CrankedLoop();
    var here = new Busy(Duration.ofMillis(3));
    var there = new Recorder();
    shard.subscribe(here, List.of(A), Encoding.PLAIN);
    shard(other).subscribe(there, List.of(A), Encoding.PLAIN);

    bus.hear(A, "first");
    loop.run();
    bus.hear(A, "third");
    loop.run();
    assertThat(here.bursts).containsExactly(List.of("first"));
    assertThat(loop.waits()).containsExactly(3_000_000L);

    other.run();
    assertThat(there.bursts).containsExactly(List.of("first", "second", "third"));
    ticker.advance(Duration.ofMillis(3));
    loop.run();
    assertThat(here.bursts).containsExactly(List.of("first"), List.of("second", "third"));

    loop.elapse();
    loop.run();
    assertThat(here.bursts).hasSize(2);
  }

  /** Has told a first message, which another loop has not told yet. */
  private Busy aheadOfAnotherLoop(Duration takes) {
    shard(new CrankedLoop()).subscribe(new Recorder(), List.of(A), Encoding.PLAIN);
    return busy(takes);
  }

  /** Has told a first message. */
  private Busy busy(Duration takes) {
    var here = new Busy(takes);
    shard.subscribe(here, List.of(A), Encoding.PLAIN);
    bus.hear(A, "first");
    loop.run();
    return here;
  }

  @Test
  void nobodyWaitsForLongerThanItHasWorked() {
    var here = aheadOfAnotherLoop(Duration.ofMillis(3));
    assertThat(here.bursts).hasSize(1);
    ticker.advance(Duration.ofMillis(3));
    loop.elapse();
    loop.run();

    assertThat(here.bursts).containsExactly(List.of("first"), List.of("second"));
  }

  /** Has told a first message for three milliseconds, and pauses before the second. */
  private Busy pausing() {
    return busy(Duration.ofMillis(3));
  }

  /** Has told what came while it paused. */
  private Busy behindAPause() {
    var here = pausing();
    bus.hear(A, "third");
    loop.elapse();
    loop.run();
    return here;
  }

  @Test
  void whereMoreComesWhileALoopWorksItLetsMoreComeBeforeItGoesOn() {
    var here = pausing();
    assertThat(here.bursts).containsExactly(List.of("first"));
    assertThat(loop.waits()).containsExactly(1_000_000L);

    bus.hear(A, "third");
    loop.run();
    assertThat(here.bursts).hasSize(1);

    loop.elapse();
    loop.run();
    assertThat(here.bursts).containsExactly(List.of("first"), List.of("second", "third"));
  }

  @Test
  void itPausesAgainOnlyWhereThatBroughtMore() {
    var here = behindAPause();

    bus.hear(A, "fourth");
    loop.run();
    assertThat(loop.waits()).hasSize(1);
    loop.elapse();
    loop.run();
    assertThat(here.bursts.getLast()).containsExactly("fourth");

    bus.hear(A, "fifth");
    loop.run();
    assertThat(here.bursts.getLast()).containsExactly("fifth");
    assertThat(loop.waits()).isEmpty();
  }

  @Test
  void aMessageToALoopThatHasRestedLeavesAtOnce() {
    var here = behindAPause();
    ticker.advance(Duration.ofMillis(3));

    bus.hear(A, "fourth");
    loop.run();

    assertThat(here.bursts.getLast()).containsExactly("fourth");
  }

  @Test
  void whoHasWorkedForAMomentOnlyDoesNotWait() {
    var here = aheadOfAnotherLoop(Duration.ofNanos(99_999));

    assertThat(here.bursts).containsExactly(List.of("first"), List.of("second"));
    assertThat(loop.waits()).isEmpty();
  }

  @Test
  void whoeverWaitsForWhomEverybodyIsToldEverything() throws InterruptedException {
    var shared = new Hub(bus, Optional.empty(), new Metrics(), System::nanoTime);
    var messages = 3_000;
    var loops = new ArrayList<ScheduledExecutorService>();
    var heard = new CountDownLatch(4 * messages);
    var wrongs = new ConcurrentLinkedQueue<String>();
    for (int i = 0; i < 4; i++) {
      var thread = Executors.newSingleThreadScheduledExecutor();
      loops.add(thread);
      var own = shared.shard(on(thread), new UnpooledByteBufAllocator(false));
      var works = i * 60_000L;
      thread.execute(
          () -> own.subscribe(new Counting(heard, wrongs, works), List.of(A), Encoding.PLAIN));
      awaitIdle(thread);
    }
    for (int i = 0; i < messages; i++) {
      shared.message(A, Integer.toString(i).getBytes(UTF_8));
      if (i % 7 == 0) {
        shared.flush();
        LockSupport.parkNanos(i % 3 * 20_000L);
      }
    }
    shared.flush();

    assertThat(heard.await(60, TimeUnit.SECONDS)).as("%s not told", heard.getCount()).isTrue();
    loops.forEach(ScheduledExecutorService::shutdownNow);
    assertThat(wrongs).isEmpty();
  }

  private static Loop on(ScheduledExecutorService thread) {
    return new Loop() {
      @Override
      public void execute(Runnable task) {
        thread.execute(task);
      }

      @Override
      public void executeAfter(long nanos, Runnable task) {
        var _ = thread.schedule(task, nanos, TimeUnit.NANOSECONDS);
      }

      @Override
      public boolean inLoop() {
        return true;
      }
    };
  }

  private static void awaitIdle(ScheduledExecutorService thread) throws InterruptedException {
    var idle = new CountDownLatch(1);
    thread.execute(idle::countDown);
    assertThat(idle.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Insists on each number in its turn, and works a while over each burst. */
  private static final class Counting extends Subscriber {
    private final CountDownLatch heard;
    private final Queue<String> wrongs;
    private final long works;
    private int next;

    Counting(CountDownLatch heard, Queue<String> wrongs, long works) {
      this.heard = heard;
      this.wrongs = wrongs;
      this.works = works;
    }

    @Override
    protected void deliver(Burst burst) {
      for (var message : burst.messages()) {
        var number = new String(message.payload(), UTF_8);
        if (!number.equals(Integer.toString(next++))) {
          wrongs.add(number + " instead of " + (next - 1));
        }
        heard.countDown();
      }
      var until = System.nanoTime() + works;
      while (System.nanoTime() - until < 0) {
        Thread.onSpinWait();
      }
    }

    @Override
    protected void lastValue(int index, @Nullable Message message) {}

    @Override
    protected void missed() {
      wrongs.add("missed something");
    }
  }

  @Test
  void oneDrainTakesAllTopicsAndKeepsTheirOrderForWhoHearsSeveral() {
    var both = subscriber(A, B);
    var onlyB = subscriber(B);

    bus.hear(A, "1");
    bus.hear(B, "2");
    bus.hear(A, "3");
    loop.run();

    assertThat(both.bursts).containsExactly(List.of("1", "2", "3"));
    assertThat(onlyB.bursts).containsExactly(List.of("2"));
    assertThat(hub.meters().drains.sum()).isEqualTo(1);
  }

  @Test
  void aLargeFrameIsNotCopiedTogetherWithOthers() {
    var one = subscriber(A);

    bus.hear(A, "small");
    bus.hear(A, "x".repeat(20_000));
    bus.hear(A, "small");
    bus.hear(A, "small");
    loop.run();

    assertThat(one.bytes.stream().map(bytes -> bytes.length)).containsExactly(7, 20_004, 14);
  }

  @Test
  void aMemberThatLeavesDuringADeliveryCostsNobodyTheirs() {
    var members = new ArrayList<Recorder>();
    for (int i = 0; i < 5; i++) {
      members.add(subscriber(A));
    }
    members.forEach(member -> member.leaves = shard);
    members.get(2).leaves = null;

    bus.hear(A, "1");
    loop.run();
    bus.hear(A, "2");
    loop.run();

    assertThat(members).allSatisfy(member -> assertThat(member.bursts).contains(List.of("1")));
    assertThat(members.stream().filter(member -> member.bursts.size() == 2)).hasSize(1);
  }

  @Test
  void whatIsNotUtf8TravelsAsABinaryFrame() {
    var one = subscriber(A);

    bus.hear(A, new byte[] {(byte) 0xFF});
    loop.run();

    assertThat(one.bytes).containsExactly(new byte[] {(byte) 0x82, 1, (byte) 0xFF});
  }

  @Test
  void aMessageIsCompressedOnceForAllWhoAgreedToItAndOnlyIfThatHelps() {
    var plain = subscriber(A);
    var deflated = new Recorder();
    shard.subscribe(deflated, List.of(A), Encoding.DEFLATED);
    var text = "so long and again so long and again".repeat(20);

    bus.hear(A, text);
    loop.run();
    bus.hear(A, "x");
    loop.run();

    assertThat(plain.bytes.getFirst()).hasSize(4 + text.length());
    var frame = deflated.bytes.getFirst();
    assertThat(frame[0]).isEqualTo((byte) 0xC1);
    assertThat(PerMessageDeflate.inflate(Arrays.copyOfRange(frame, 2, frame.length), 10_000))
        .isInstanceOfSatisfying(
            PerMessageDeflate.Inflated.Whole.class,
            whole -> assertThat(new String(whole.bytes(), UTF_8)).isEqualTo(text));
    assertThat(deflated.bytes.getLast()).containsExactly(0x81, 1, 'x');
  }

  @Test
  void aHeartbeatFromTheBusIsNoMessage() {
    var one = subscriber(A);

    bus.hear(A, "--heartbeat--");
    loop.run();

    assertThat(one.bursts).isEmpty();
  }

  @Test
  void aCrowdSharesTheReadingOfALastValue() {
    bus.holdReads();
    bus.keep(A, "old");
    var first = subscriber(A);
    var crowd = new ArrayList<Recorder>();
    for (int i = 0; i < 100; i++) {
      crowd.add(subscriber(A));
    }

    bus.keep(A, "new");
    bus.answerReads();
    loop.run();
    bus.answerReads();
    loop.run();

    assertThat(bus.reads()).isEqualTo(2);
    assertThat(first.lastValues).containsEntry(0, Optional.of("new"));
    assertThat(crowd)
        .allSatisfy(one -> assertThat(one.lastValues).containsEntry(0, Optional.of("new")));
  }

  @Test
  void whoComesDuringAReadIsNotGivenWhatItRead() {
    bus.holdReads();
    subscriber(A);
    var late = subscriber(A);

    bus.answerReads();
    loop.run();

    assertThat(late.lastValues).isEmpty();
    bus.answerReads();
    loop.run();
    assertThat(late.lastValues).containsEntry(0, Optional.empty());
  }

  @Test
  void whoHasGoneIsNotGivenALastValue() {
    bus.holdReads();
    var one = subscriber(A);

    shard.unsubscribe(one);
    bus.answerReads();
    loop.run();

    assertThat(one.lastValues).isEmpty();
    assertThat(bus.subscriptions()).isEmpty();
  }

  @Test
  void aMessageWithoutRoomIsToldToItsListenersAndOnlyToThem() {
    var onA = subscriber(A);
    var onB = subscriber(B);
    var large = new byte[1 << 20];

    for (int i = 0; i < 70; i++) {
      bus.hear(A, large);
    }
    loop.run();

    assertThat(onA.missed).isEqualTo(1);
    assertThat(onB.missed).isZero();
    assertThat(hub.meters().overflows.sum()).isEqualTo(70 - 63);
    assertThat(onA.bursts.stream().mapToInt(List::size).sum()).isEqualTo(63);
  }

  @Test
  void anyInterleavingLeavesHubAndBusWithOneInterest() {
    var random = new Random(5);
    var topics = List.of(A, B, Topic.broadcast("c"), Topic.broadcast("d"));
    var loops = List.of(loop, new CrankedLoop());
    var shards = List.of(shard, shard(loops.get(1)));
    var present = List.of(new ArrayList<Recorder>(), new ArrayList<Recorder>());
    var interests = new HashMap<Recorder, List<Topic>>();

    for (int step = 0; step < 5_000; step++) {
      var at = random.nextInt(2);
      switch (random.nextInt(4)) {
        case 0 -> {
          var chosen = topics.stream().filter(_ -> random.nextBoolean()).toList();
          if (!chosen.isEmpty()) {
            var recorder = new Recorder();
            interests.put(recorder, chosen);
            shards.get(at).subscribe(recorder, chosen, Encoding.PLAIN);
            present.get(at).add(recorder);
          }
        }
        case 1 -> {
          if (!present.get(at).isEmpty()) {
            var gone = present.get(at).remove(random.nextInt(present.get(at).size()));
            shards.get(at).unsubscribe(gone);
            interests.remove(gone);
          }
        }
        case 2 -> bus.hear(topics.get(random.nextInt(4)), "m" + step);
        default -> loops.get(at).turn();
      }
      var wanted = new TreeSet<String>();
      interests.values().forEach(names -> names.forEach(name -> wanted.add(name.name())));
      assertThat(bus.subscriptions()).allSatisfy((_, count) -> assertThat(count).isEqualTo(1));
      assertThat(bus.subscriptions().keySet().stream().map(Topic::name))
          .containsExactlyInAnyOrderElementsOf(wanted);
      assertThat(hub.topicCount()).isEqualTo(wanted.size());
    }
    for (int at = 0; at < 2; at++) {
      var shardHere = shards.get(at);
      present.get(at).forEach(shardHere::unsubscribe);
      loops.get(at).run();
      assertThat(shardHere.topicCount()).isZero();
      assertThat(shardHere.groupCount()).isZero();
    }
    assertThat(bus.subscriptions()).isEmpty();
    assertThat(hub.topicCount()).isZero();
  }

  @Test
  void twoLoopsThatJoinAndLeaveAtOnceLeaveOneInterest() throws InterruptedException {
    var counting = new CountingBus();
    var shared = new Hub(counting, Optional.empty(), new Metrics(), ticker);
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                var own = new CrankedLoop();
                var mine = shared.shard(own, new UnpooledByteBufAllocator(false));
                for (int i = 0; i < 2_000; i++) {
                  var one = new Recorder();
                  mine.subscribe(one, List.of(A), Encoding.PLAIN);
                  own.run();
                  mine.unsubscribe(one);
                }
              }));
    }
    for (var thread : threads) {
      thread.join();
    }

    assertThat(counting.outOfOrder.get()).isZero();
    assertThat(counting.references.get()).isZero();
    assertThat(shared.topicCount()).isZero();
  }

  @Test
  void rememberedBytesAreComparedByContent() {
    for (var text : List.of("short", "long".repeat(1_000))) {
      var remembered = new Remembered(text.getBytes(UTF_8));

      assertThat(remembered.equalsContentOf(new Message(A, text.getBytes(UTF_8)))).isTrue();
      assertThat(remembered.equalsContentOf(new Message(A, (text + "x").getBytes(UTF_8))))
          .isFalse();
      assertThat(
              remembered.equalsContentOf(
                  new Message(A, text.toUpperCase(Locale.ROOT).getBytes(UTF_8))))
          .isFalse();
    }
  }

  @Test
  void theBuffersOfADrainAreReleased() {
    var seen = new ArrayList<ByteBuf>();
    shard.subscribe(
        new Subscriber() {
          @Override
          protected void deliver(Burst burst) {
            seen.add(burst.share(0));
          }

          @Override
          protected void lastValue(int index, @Nullable Message message) {}

          @Override
          protected void missed() {}
        },
        List.of(A),
        Encoding.PLAIN);

    bus.hear(A, "x");
    loop.run();

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().release()).isTrue();
  }
}
