package dev.rowcast.feed;

import dev.rowcast.message.Position;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The port of the ordered log of row changes: one writer in the cluster, any number of readers.
 *
 * <p>Thread-safe; {@link #tail}, {@link #begin} and {@link #append} are for the one thread that
 * writes. Guarantees of both implementations:
 *
 * <ul>
 *   <li>Positions only grow within an epoch, and a position never comes to mean something else.
 *   <li>A reader that goes from entry to entry with {@link #next} and {@link #history} misses
 *       nothing, or is told {@link FeedStep.Lost}.
 *   <li>When it cannot be proven that the log goes on where it ended, another epoch begins; a place
 *       in the old one is then answered {@code Lost} for ever.
 * </ul>
 */
public interface Feed extends AutoCloseable {

  /** Starts; returns at once. A Redis that is away is waited for. */
  void start(FeedListener listener);

  /**
   * Where the log ends now, looked up and not remembered; empty when there is none. What this
   * writer knew of an earlier log is compared with it: if it does not continue that, the answer is
   * empty. Blocks.
   *
   * @throws FeedException when Redis cannot be asked, or is not one that may be written to
   */
  Optional<FeedTail> tail() throws InterruptedException;

  /**
   * Begins another log, under a new epoch, after the tail was looked up; whoever read the old one
   * is told. Blocks.
   *
   * @param lineage what the positions to come belong to
   * @param beforeMajor the major just before that of the first change to come
   * @param why for people
   * @throws FeedException when Redis is away, or another node has begun one meanwhile
   */
  FeedTail begin(String lineage, long beforeMajor, String why) throws InterruptedException;

  /**
   * Appends an entry behind the last one appended or found by {@link #tail}; never waits. What lies
   * at or before the log's end is left out, so that a repetition adds nothing.
   *
   * @return completes when the log has it. Fails with {@link FeedException}, and then nothing that
   *     was appended after it has been added, although it may have been itself: the writer asks for
   *     the tail before it appends again
   */
  CompletionStage<Void> append(FeedEntry entry);

  /**
   * The last entry that begins at or before a place of the log that {@link #tail} found; empty when
   * there is none, because it was trimmed or the log begins behind. Blocks; for the writer.
   *
   * @throws FeedException when Redis is away
   */
  Optional<FeedEntry> floor(Position place) throws InterruptedException;

  /** The last position this node knows; empty while it knows of no log. */
  Optional<Position> now();

  /**
   * The place in this log to go on from, for somebody who knows everything up to a place of what is
   * captured, which need not be that of a change. Blocks; for a thread of the control plane.
   *
   * @param lineage of what is captured, as {@link #begin} was told it
   * @param major unsigned
   * @param minor unsigned
   * @throws FeedException when Redis is away, or there is no log yet
   */
  FeedPlace place(String lineage, long major, long minor) throws InterruptedException;

  /** What this node's memory says lies behind a place. Never waits. */
  FeedStep next(Position place);

  /**
   * The same for a place that is older than the memory, a bounded piece of what follows. Blocks;
   * for a thread of the control plane.
   *
   * @throws FeedException when Redis is away
   */
  FeedStep history(Position place) throws InterruptedException;

  /** Ends all threads and connections. */
  @Override
  void close();
}
