package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.message.ErrorCode;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.LiveText;
import java.util.Optional;

/**
 * A reader that is answered with Server-Sent Events until it goes away.
 *
 * <p>Confined to its event loop.
 */
final class EventStream extends LiveStream {
  private final byte[] head;
  private final Optional<Long> leavesAt;
  private long wroteAt;
  private long sent;
  private long sentAt;

  EventStream(LoopReaders readers, LiveLine line, LiveAdmission.Admitted admitted, byte[] head) {
    super(readers, line, admitted);
    this.head = head;
    this.wroteAt = readers.shared().ticker().nanoTime();
    this.sentAt = wroteAt;
    this.leavesAt = admitted.stay().map(stay -> wroteAt + stay.toNanos());
  }

  /**
   * Its place at once, so that a client which is cut off before any event can resume. Who has
   * missed something is told that first: cut off after its place, it would never hear of it.
   */
  @Override
  void begin() {
    line.write(head);
    if (!awaitsRows() && !hasMissed()) {
      write(LiveText.position(mark()));
    }
    go();
  }

  @Override
  boolean isHungry() {
    return line.isWritable();
  }

  @Override
  void changed(Since mark, String type, byte[] json) {
    write(LiveText.event(mark, type, json));
  }

  @Override
  void rows(int number, byte[] rows) {
    write(LiveText.rows(number, rows));
  }

  @Override
  void live() {
    write(LiveText.live(mark()));
  }

  /** Its head has been sent; the client comes back by itself. */
  @Override
  void refused(ErrorCode code, String why) {
    write((": " + why + "\n\n").getBytes(UTF_8));
    end();
  }

  @Override
  void missed(String reason) {
    write(LiveText.reset(mark(), reason));
  }

  @Override
  void rest() {}

  @Override
  void visit(long now) {
    if (isDone()) {
      return;
    }
    if (isOutdated()) {
      missed("schema");
      end();
      return;
    }
    if (leavesAt.filter(moment -> now - moment >= 0).isPresent()) {
      end();
      return;
    }
    var heartbeat = readers.shared().heartbeat().toNanos();
    if (line.sent() != sent || line.isWritable()) {
      sent = line.sent();
      sentAt = now;
    } else if (now - sentAt > 2 * heartbeat) {
      line.abort();
      return;
    }
    if (now - wroteAt >= heartbeat && line.isWritable()) {
      // While the rows come there is no place yet to come back to.
      write(awaitsRows() ? ":\n\n".getBytes(UTF_8) : LiveText.position(mark()));
      line.flush();
    }
  }

  /** The client comes back by itself and says where it was. */
  @Override
  void failed() {
    end();
  }

  @Override
  void end() {
    done();
    line.finish();
  }

  private void write(byte[] bytes) {
    wroteAt = readers.shared().ticker().nanoTime();
    line.write(bytes);
  }
}
