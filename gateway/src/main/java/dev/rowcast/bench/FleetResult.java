package dev.rowcast.bench;

import dev.rowcast.bench.report.Distribution;
import dev.rowcast.bench.report.Hole;
import dev.rowcast.bench.wire.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What some clients found; results of several loops or processes add up.
 *
 * <p>Immutable.
 *
 * @param holes the first of what is missing
 * @param failures attempts by reason
 * @param afterCommit from when COMMIT had returned to its writer to when a message was read
 * @param deliveries in slices of {@link #SLICE}
 * @param opens in slices of {@link #OPEN_SLICE}
 * @param openMicros time these took, added up
 * @param cpu of the processes in the measured part, in nanoseconds
 * @param busiest share of its time that the busiest event loop ran
 * @param share of the processors' time that the processes took
 */
record FleetResult(
    Snapshot counts,
    long expected,
    long missing,
    long outOfOrder,
    List<Hole> holes,
    Map<String, Long> failures,
    Distribution latency,
    Distribution connect,
    Distribution comeback,
    Distribution afterCommit,
    Distribution lag,
    List<Long> deliveries,
    List<Long> opens,
    List<Long> openMicros,
    long cpu,
    double busiest,
    double share) {
  static final long SLICE = 100_000_000;
  static final long OPEN_SLICE = 20_000_000;

  /** More holes are counted, not named. */
  static final int MOST_HOLES = 50;

  static final FleetResult NOTHING =
      new FleetResult(
          Snapshot.NOTHING,
          0,
          0,
          0,
          List.of(),
          Map.of(),
          Distribution.NONE,
          Distribution.NONE,
          Distribution.NONE,
          Distribution.NONE,
          Distribution.NONE,
          List.of(),
          List.of(),
          List.of(),
          0,
          0,
          0);

  FleetResult plus(FleetResult other) {
    var reasons = new TreeMap<>(failures);
    other.failures.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    return new FleetResult(
        counts.plus(other.counts),
        expected + other.expected,
        missing + other.missing,
        outOfOrder + other.outOfOrder,
        new ArrayList<>(
            Stream.concat(holes.stream(), other.holes.stream()).limit(MOST_HOLES).toList()),
        reasons,
        latency.plus(other.latency),
        connect.plus(other.connect),
        comeback.plus(other.comeback),
        afterCommit.plus(other.afterCommit),
        lag.plus(other.lag),
        Timeline.sum(deliveries, other.deliveries),
        Timeline.sum(opens, other.opens),
        Timeline.sum(openMicros, other.openMicros),
        cpu + other.cpu,
        Math.max(busiest, other.busiest),
        share + other.share);
  }
}
