package dev.rowcast.server;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.Identities;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.LocalBus;
import dev.rowcast.hub.Encoding;
import dev.rowcast.hub.Hub;
import dev.rowcast.hub.Loop;
import dev.rowcast.message.Topic;
import dev.rowcast.observe.Metrics;
import dev.rowcast.session.Admission;
import dev.rowcast.session.LoopSessions;
import dev.rowcast.session.Sessions;
import dev.rowcast.session.WebSocketSettings;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One message from the bus to every socket of one loop, through the product's own hub, sessions and
 * Netty pipeline; only the kernel is left out, whose part {@code benchmarks/compare} measures, and
 * with it the shorter way to it, {@link DirectSend}.
 *
 * <p>With {@code -prof gc} the bytes allocated with 1,000 and with 10,000 sockets tell what a
 * socket costs: the target is none.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "-Djmh.executor=CUSTOM",
      "-Djmh.executor.class=dev.rowcast.server.LoopThreads"
    })
public class DeliveryBenchmark {
  private static final Topic TOPIC = Topic.broadcast("bench");

  @Param({"1", "1000", "10000"})
  public int sockets;

  private final byte[] payload = new byte[100];
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final Hub hub =
      new Hub(
          new LocalBus(new BusMeters(new Metrics()), Ticker.SYSTEM),
          Optional.empty(),
          new Metrics(),
          Ticker.SYSTEM);
  private long taken;

  private final class CrankedLoop implements Loop {
    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void executeAfter(long nanos, Runnable task) {
      throw new IllegalStateException("there is no other loop to wait for");
    }

    @Override
    public boolean inLoop() {
      return true;
    }
  }

  /** A channel whose kernel takes everything at once. */
  private final class TakingChannel extends EmbeddedChannel {
    TakingChannel(SocketHandler handler) {
      super(handler);
      config().setAllocator(PooledByteBufAllocator.DEFAULT);
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) {
      while (waiting.current() != null) {
        taken++;
        waiting.remove();
      }
    }
  }

  /** Connects the sockets, all to one facility. */
  @Setup
  public void connect() throws Exception {
    var settings = WebSocketSettings.DEFAULTS;
    var sessions =
        new Sessions(
            hub,
            new AccessRules(AccessSettings.DEFAULTS),
            Identities.NONE,
            new Metrics(),
            settings,
            Duration.ZERO,
            Ticker.SYSTEM);
    var loop = sessions.onLoop(new CrankedLoop(), PooledByteBufAllocator.DEFAULT);
    for (int i = 0; i < sockets; i++) {
      connect(loop);
    }
  }

  private void connect(LoopSessions loop) throws Exception {
    var limit = new ConnectionLimit(LimitSettings.DEFAULTS, Integer.MAX_VALUE, Ticker.SYSTEM);
    var handler = new SocketHandler(limit.enter(InetAddress.getLoopbackAddress()).orElseThrow());
    new TakingChannel(handler);
    var admitted = Admission.Admitted.anonymous(List.of(TOPIC), List.of(), true, false);
    handler.begin(new byte[0], line -> loop.open(line, admitted, Encoding.PLAIN));
    crank();
  }

  private void crank() {
    for (var task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** One message to all. */
  @Benchmark
  public long deliverOneMessage() {
    var before = taken;
    hub.message(TOPIC, payload);
    hub.flush();
    crank();
    if (taken - before != sockets) {
      throw new IllegalStateException((taken - before) + " of " + sockets + " were written to");
    }
    return taken;
  }
}
