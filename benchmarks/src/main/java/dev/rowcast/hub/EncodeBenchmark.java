package dev.rowcast.hub;

import dev.rowcast.message.Topic;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to make the frames that all sockets of a loop share: once for each message, however
 * many listen.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class EncodeBenchmark {
  private static final Topic TOPIC = Topic.broadcast("bench");

  /** Messages that one drain joins. */
  @Param({"1", "16", "64"})
  public int messages;

  @Param({"PLAIN", "DEFLATED"})
  public Encoding encoding = Encoding.PLAIN;

  private final FrameEncoder encoder = new FrameEncoder(PooledByteBufAllocator.DEFAULT);
  private final byte[] payload = payload();

  /** Encodes a drain's messages of 100 bytes and lets the buffers go. */
  @Benchmark
  public int encodeOneDrain() {
    List<Message> batch =
        IntStream.range(0, messages).mapToObj(_ -> new Message(TOPIC, payload)).toList();
    var burst = Burst.of(batch, encoding, encoder);
    var bytes = burst.bytes();
    burst.release();
    return bytes;
  }

  private static byte[] payload() {
    var bytes = new byte[100];
    Arrays.setAll(new int[100], i -> bytes[i] = (byte) ('a' + i % 26));
    return bytes;
  }
}
