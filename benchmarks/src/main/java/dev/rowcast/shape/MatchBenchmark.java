package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What it costs to find the shapes that a change is of interest to, among so many that each ask for
 * one value of a column: an update of one row that matches one of them, its old row known.
 *
 * <p>A node does this once for each change, from the bytes of the feed: {@link #openAndMatch}.
 * Which shape it is changes with every event and goes through all of them, so that with 100,000
 * they do not stand in the processor's caches by themselves.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class MatchBenchmark {
  private static final TableColumns TABLE =
      new TableColumns(
          "public.orders",
          "public.orders",
          List.of("id"),
          List.of(
              new Column("id", "id", "pg_catalog.int8", ColumnType.Plain.INT8, true),
              new Column(
                  "customer",
                  "customer",
                  "pg_catalog.text",
                  new ColumnType.Text(ColumnType.Collation.C, false),
                  true)));

  /** Every event is another one, so that nothing is remembered from the one before. */
  private static final int EVENTS = 1024;

  /** Without a common divisor with any number of filters: passes through all of them. */
  private static final int STRIDE = 7_919;

  private static final int DIGITS = 6;
  private static final byte[] MARK = "c-".getBytes(UTF_8);

  @Param({"10", "1000", "100000"})
  public int filters = 10;

  private ShapeIndex index = new ShapeIndex();
  private final byte[][] texts = new byte[EVENTS][];
  private final RowEvent[] events = new RowEvent[EVENTS];

  /** Where the digits of the customer stand in each text, after the change and before it. */
  private final int[] now = new int[EVENTS];

  private final int[] before = new int[EVENTS];
  private int at;
  private int customer;

  /** As many shapes, and events that match one each. */
  @Setup
  public void fill() {
    index = new ShapeIndex();
    for (int i = 0; i < filters; i++) {
      index.add(shape("customer=eq." + customer(i)));
    }
    for (int i = 0; i < EVENTS; i++) {
      var customer = customer(i * STRIDE % filters);
      var row =
          "{\"id\": %d, \"at\": \"2026-11-26T10:00:00+00:00\", \"size\": %d.50, \"status\":"
              + " \"open\", \"customer\": \"%s\"}";
      texts[i] =
          ("{\"type\":\"update\",\"position\":\"3f2a.58-"
                  + i
                  + "\",\"table\":\"public.orders\",\"key\":{\"id\":"
                  + i
                  + "},\"row\":"
                  + row.formatted(i, 2, customer)
                  + ",\"old\":"
                  + row.formatted(i, 1, customer)
                  + ",\"committed_at\":\"2026-11-26T10:00:00Z\",\"tx\":\"812\",\"last\":true}")
              .getBytes(UTF_8);
      events[i] = RowEvent.read(texts[i].clone());
      now[i] = digits(texts[i], 0);
      before[i] = digits(texts[i], now[i]);
    }
  }

  private static String customer(int number) {
    return String.format("c-%0" + DIGITS + "d", number);
  }

  /** Where the digits of the next customer begin. */
  private static int digits(byte[] text, int from) {
    for (int at = from; ; at++) {
      if (Arrays.equals(text, at, at + MARK.length, MARK, 0, MARK.length)) {
        return at + MARK.length;
      }
    }
  }

  /** The next event as bytes, of another customer than it had. */
  private byte[] next() {
    var place = at++ & (EVENTS - 1);
    var text = texts[place];
    customer = (customer + STRIDE) % filters;
    for (int digit = DIGITS - 1, rest = customer; digit >= 0; digit--, rest /= 10) {
      text[now[place] + digit] = (byte) ('0' + rest % 10);
      text[before[place] + digit] = text[now[place] + digit];
    }
    return text;
  }

  private static Shape shape(String where) {
    return switch (Filter.parse(where, FilterSettings.DEFAULTS)) {
      case Filter.Parsed.Accepted(var filter) ->
          switch (Shape.of(TABLE, filter, List.of())) {
            case Shape.Made.Accepted(var shape) -> shape;
            case Shape.Made.Refused(var why) -> throw new IllegalArgumentException(why);
          };
      case Filter.Parsed.Refused(var why) -> throw new IllegalArgumentException(why);
    };
  }

  /** The event is open already, as it is for the second reader of it. */
  @Benchmark
  public void matchAnOpenEvent(Blackhole hole) {
    index.match(events[at++ & (EVENTS - 1)], (_, verdict) -> hole.consume(verdict));
  }

  /** From the bytes of the feed. */
  @Benchmark
  public void openAndMatch(Blackhole hole) {
    index.match(RowEvent.read(next()), (_, verdict) -> hole.consume(verdict));
  }

  /** What opening alone costs. */
  @Benchmark
  public void open(Blackhole hole) {
    hole.consume(RowEvent.read(next()));
  }
}
