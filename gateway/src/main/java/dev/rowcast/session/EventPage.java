package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.Position;
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
    pump();
  }

  @Override
  boolean isHungry() {
    if (bytes >= FULL) {
      answer(true);
      return false;
    }
    return true;
  }

  @Override
  void changed(Position position, String type, byte[] json) {
    events.add(json);
    bytes += json.length;
  }

  /** What was read before belongs to another log. */
  @Override
  void missed(String reason) {
    reset = Optional.of(reason);
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
    if (!isDone() && isLate(now)) {
      answer(false);
    }
  }

  @Override
  void failed() {
    reply(503, "text/plain; charset=utf-8", "the feed is away\n".getBytes(UTF_8));
  }

  @Override
  void end() {
    if (!isDone()) {
      answer(false);
    }
  }

  private boolean isLate(long now) {
    return now - until >= 0;
  }

  private void answer(boolean more) {
    reply(200, "application/json; charset=utf-8", LiveText.page(events, place(), reset, more));
  }

  private void reply(int status, String type, byte[] body) {
    done();
    line.reply(status, type, body);
  }
}
