package dev.rowcast.bench.report;

import java.util.List;
import java.util.Map;

/**
 * All that a run found; the JSON file is this record.
 *
 * <p>Immutable.
 *
 * @param started local date and time
 * @param settings the flags that shaped the run
 * @param problems why the run failed; empty: it did not
 * @param voided the loader was the bottleneck, so no number here may be quoted
 * @param notes what a reader should know
 */
public record Report(
    String started,
    String mode,
    String server,
    Map<String, String> settings,
    List<String> problems,
    boolean voided,
    List<String> notes,
    Connections connections,
    Messages messages,
    Times times,
    Loader loader,
    ServerSide serverSide,
    Series series) {

  /**
   * What became of the connections.
   *
   * @param failed attempts that did not become an open connection
   * @param lost open ones that ended though nobody asked
   * @param unanswered close frames that the server did not answer with its own
   * @param dropped cut by the loader
   * @param back of these open again
   * @param perSecond handshakes, while connections were being opened
   * @param reasons of failures and losses
   */
  public record Connections(
      long asked,
      long opened,
      long failed,
      long lost,
      long closed,
      long unanswered,
      long dropped,
      long back,
      double perSecond,
      Map<String, Long> reasons) {}

  /**
   * What became of the messages.
   *
   * @param published by the publisher
   * @param said by clients
   * @param expected deliveries, slow clients left out
   * @param received of these, each number once
   * @param stray of this run, at the wrong client
   * @param other not of this run: heartbeats, last values
   * @param seconds that the measured part took
   * @param perSecond measured deliveries, or messages said where nothing comes back
   * @param holes the first of what is missing
   */
  public record Messages(
      long published,
      long said,
      long expected,
      long received,
      long missing,
      long duplicates,
      long outOfOrder,
      long stray,
      long other,
      double seconds,
      double perSecond,
      List<Hole> holes) {}

  /**
   * The durations.
   *
   * @param latency from when a message was due to when it was read
   * @param connect from when a connection was due to the end of its handshake
   * @param comeback from the cut to the end of the new handshake; of those who resume, from when
   *     they were let come back, as their latency is
   * @param commit of the database
   * @param afterCommit from when COMMIT had returned to its writer to when a message was read
   */
  public record Times(
      Timing latency, Timing connect, Timing comeback, Timing commit, Timing afterCommit) {}

  /** A distribution and its numbers. */
  public record Timing(Summary milliseconds, Distribution histogram) {
    /** Sums a distribution up. */
    public static Timing of(Distribution distribution) {
      return new Timing(Summary.of(distribution), distribution);
    }
  }

  /**
   * How busy the loader was.
   *
   * @param share of all processors' time
   * @param busiestLoop share of its time that the busiest event loop ran
   * @param lag how late the event loops' timers were
   */
  public record Loader(double share, double busiestLoop, double cpuSeconds, Timing lag) {}

  /**
   * What the server spent in the measured part; all 0 without its pid.
   *
   * @param share of one processor's time
   * @param bytesPerConnection slope of the resident set while connections were opened
   */
  public record ServerSide(
      long pid,
      double cpuSeconds,
      double share,
      double deliveriesPerCpuSecond,
      long rssBefore,
      long rssAfter,
      double bytesPerConnection) {}

  /**
   * What happened when.
   *
   * @param deliveries in slices of {@code deliverySlice} seconds since the beginning
   * @param opens in slices of {@code openSlice} seconds
   * @param openMillis mean time of the handshakes in each of these
   */
  public record Series(
      double deliverySlice,
      List<Long> deliveries,
      double openSlice,
      List<Long> opens,
      List<Double> openMillis,
      List<Moment> moments) {}

  /**
   * Counters of a moment.
   *
   * @param at seconds since the beginning
   * @param open connections
   * @param rss of the server, bytes
   * @param cpu of the server since the beginning, seconds
   */
  public record Moment(double at, long open, long heard, long rss, double cpu) {}

  /** Whether the run did what it was to do and the numbers mean something. */
  public boolean succeeded() {
    return problems.isEmpty() && !voided;
  }
}
