package dev.rowcast.session;

import dev.rowcast.feed.FeedException;
import dev.rowcast.hub.Loop;
import dev.rowcast.message.ErrorCode;
import dev.rowcast.rows.RowsException;
import dev.rowcast.rows.Snapshot;
import dev.rowcast.shape.Shape;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that a reader is given before it hears what changes.
 *
 * <p>Confined to its event loop; what waits is done by virtual threads, one at a time.
 *
 * <p>The reader asks for one piece after the other, as its line takes them, and so is handed one at
 * most that it has no room for. It is told nothing any more once it has closed this.
 */
final class LeadingRows {
  private static final Logger log = LoggerFactory.getLogger(LeadingRows.class);

  /** Who is given the rows, on its loop. */
  interface Reader {
    /** A piece of them, an array of JSON. */
    void rows(int number, byte[] piece);

    /** That was all; what comes now happened after them. */
    void complete(Start start);

    /** They cannot be had, or not all of them, for this reason. */
    void refused(ErrorCode code, String why);
  }

  /** What came of reading on. */
  private sealed interface Step {
    @SuppressWarnings("ArrayRecordComponent") // Handed on once.
    record Piece(byte[] rows) implements Step {}

    record End(Start start) implements Step {}

    record Refused(ErrorCode code, String why) implements Step {}
  }

  private final Beginnings beginnings;
  private final Shape shape;
  private final Loop loop;
  private final Reader reader;
  private int told;
  private boolean isReading;

  /** Read by the thread that reads, so that it does not do so for nobody. */
  private volatile boolean isClosed;

  /** Of the thread that reads, while one does. */
  private @Nullable Snapshot open;

  LeadingRows(Beginnings beginnings, Shape shape, Loop loop, Reader reader) {
    this.beginnings = beginnings;
    this.shape = shape;
    this.loop = loop;
    this.reader = reader;
  }

  /** Has the next piece read, unless one is being read. */
  void read() {
    assert loop.inLoop();
    if (isReading || isClosed) {
      return;
    }
    isReading = true;
    Thread.ofVirtual()
        .name("rowcast-live-rows")
        .start(() -> {
          var step = step();
          try {
            loop.execute(() -> taken(step));
          } catch (RejectedExecutionException _) {
            // The loop has ended, and with it the reader.
            closeRows();
          }
        });
  }

  /** Nothing more is wanted. */
  void close() {
    isClosed = true;
    if (!isReading) {
      closeRows();
    }
  }

  private Step step() {
    try {
      if (open == null) {
        open = beginnings.rows(shape, () -> !isClosed).orElse(null);
      }
      var rows = open;
      if (rows == null) {
        return new Step.Refused(
            ErrorCode.TOO_LARGE, "more rows than live.snapshot.max-size; ask for fewer");
      }
      var piece = rows.next();
      return piece.isPresent()
          ? new Step.Piece(piece.get())
          : new Step.End(beginnings.after(rows.position()));
    } catch (RowsException refused) {
      log.warn("rows of {} cannot be read: {}", shape.table().table(), refused.getMessage());
      return new Step.Refused(
          ErrorCode.UNAVAILABLE,
          refused.retryable()
              ? "the rows cannot be read now"
              : "the rows cannot be read; the log of the server says why");
    } catch (FeedException away) {
      log.debug("a reader could not be served from Redis", away);
      return new Step.Refused(ErrorCode.UNAVAILABLE, "the feed is away");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new Step.Refused(ErrorCode.UNAVAILABLE, "the server is stopping");
    } catch (RuntimeException bug) {
      log.error("the rows of {} could not be read", shape.table().table(), bug);
      return new Step.Refused(ErrorCode.UNAVAILABLE, "internal error");
    }
  }

  private void taken(Step step) {
    isReading = false;
    if (isClosed) {
      closeRows();
      return;
    }
    if (!(step instanceof Step.Piece)) {
      close();
    }
    switch (step) {
      case Step.Piece(var piece) -> reader.rows(told++, piece);
      case Step.End(var start) -> reader.complete(start);
      case Step.Refused(var code, var why) -> reader.refused(code, why);
    }
  }

  private void closeRows() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
