package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.LiveText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A reader that is answered with one page of JSON, when there is something to say or its patience
 * has ended.
 *
 * <p>Confined to its event loop.
 */
final class EventPage extends LiveStream {
  /** A page is full with so many bytes of events. */
  private static final int FULL = 1 << 20;

  /** A page of rows is larger than that at most; a stream has no such end. */
  private static final int MOST_ROWS = 32 << 20;

  private final List<byte[]> rows = new ArrayList<>();
  private final List<byte[]> events = new ArrayList<>();
  private final long until;
  private Optional<String> reset = Optional.empty();
  private int bytes;

  EventPage(
      LoopReaders readers, LiveLine line, LiveAdmission.Admitted admitted, Duration patience) {
    super(readers, line, admitted);
    this.until = readers.shared().ticker().nanoTime() + patience.toNanos();
  }

  @Override
  void begin() {
    go();
  }

  @Override
  boolean isHungry() {
    if (!awaitsRows() && bytes >= FULL) {
      answer(true);
      return false;
    }
    return true;
  }

  @Override
  void changed(Since mark, String type, byte[] json) {
    events.add(json);
    bytes += json.length;
  }

  @Override
  void rows(int number, byte[] piece) {
    rows.add(piece);
    bytes += piece.length;
    if (bytes > MOST_ROWS) {
      refused(ErrorCode.TOO_LARGE, "too many rows for a page; ask for text/event-stream");
    }
  }

  @Override
  void live() {
    if (rows.isEmpty()) {
      rows.add("[]".getBytes(UTF_8));
    }
    answer(false);
  }

  @Override
  void refused(ErrorCode code, String why) {
    reply(code.number(), "text/plain; charset=utf-8", (why + "\n").getBytes(UTF_8));
  }

  /** What was read before belongs to another log. */
  @Override
  void missed(String reason) {
    reset = Optional.of(reason);
    rows.clear();
    events.clear();
    bytes = 0;
  }

  @Override
  void rest() {
    if (!events.isEmpty() || reset.isPresent() || isLate(readers.shared().ticker().nanoTime())) {
      answer(false);
    }
  }

  @Override
  void visit(long now) {
    if (!isDone() && isOutdated()) {
      missed("schema");
      answer(false);
    }
    if (!isDone() && isLate(now) && !awaitsRows()) {
      answer(false);
    }
  }

  @Override
  void failed() {
    refused(ErrorCode.UNAVAILABLE, "the feed is away");
  }

  @Override
  void end() {
    if (isDone()) {
      return;
    }
    if (awaitsRows()) {
      refused(ErrorCode.UNAVAILABLE, "the server is stopping");
    } else {
      answer(false);
    }
  }

  private boolean isLate(long now) {
    return now - until >= 0;
  }

  private void answer(boolean more) {
    reply(200, "application/json; charset=utf-8", LiveText.page(rows, events, mark(), reset, more));
  }

  private void reply(int status, String type, byte[] body) {
    done();
    line.reply(status, type, body);
  }
}
