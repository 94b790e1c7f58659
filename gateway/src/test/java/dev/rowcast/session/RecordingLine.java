package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A line that keeps what is written, and may be stuck. Confined to the test's thread. */
final class RecordingLine implements Line {
  final List<byte[]> frames = new ArrayList<>();
  final List<Runnable> afterSent = new ArrayList<>();
  int flushes;
  long pending;
  boolean stuck;

  /** Takes no more once it has as many frames. */
  int most = Integer.MAX_VALUE;

  long sent;
  boolean finished;
  boolean aborted;
  boolean reading = true;

  @Override
  public void write(ByteBuf bytes) {
    var copy = new byte[bytes.readableBytes()];
    bytes.readBytes(copy);
    bytes.release();
    if (isWritable()) {
      sent += copy.length;
    } else {
      pending += copy.length;
    }
    for (int at = 0; at < copy.length; ) {
      var length = copy[at + 1] & 0x7F;
      var header = 2;
      if (length == 126) {
        length = ((copy[at + 2] & 0xFF) << 8) | (copy[at + 3] & 0xFF);
        header = 4;
      }
      frames.add(Arrays.copyOfRange(copy, at, at + header + length));
      at += header + length;
    }
  }

  /** What the kernel took all at once. */
  void relieve() {
    stuck = false;
    most = Integer.MAX_VALUE;
    sent += pending;
    pending = 0;
    var callbacks = List.copyOf(afterSent);
    afterSent.clear();
    callbacks.forEach(Runnable::run);
  }

  /**
   * Opcode and payload of each frame, for example {@code 1 hello}; close frames with their code.
   */
  List<String> said() {
    return frames.stream().map(RecordingLine::text).toList();
  }

  private static String text(byte[] frame) {
    var opcode = frame[0] & 0x0F;
    var header = (frame[1] & 0x7F) == 126 ? 4 : 2;
    if (opcode == 8) {
      var code = ((frame[2] & 0xFF) << 8) | (frame[3] & 0xFF);
      return "8 " + code + new String(frame, 4, frame.length - 4, UTF_8).replaceAll("^(.)", " $1");
    }
    return opcode + " " + new String(frame, header, frame.length - header, UTF_8);
  }

  @Override
  public void flush() {
    flushes++;
  }

  @Override
  public void send(ByteBuf shared) {
    write(shared.retainedDuplicate());
    flush();
  }

  @Override
  public boolean isWritable() {
    return !stuck && frames.size() < most;
  }

  @Override
  public long pending() {
    return pending;
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public void afterSent(Runnable callback) {
    afterSent.add(callback);
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void abort() {
    aborted = true;
  }

  @Override
  public void pauseReading() {
    reading = false;
  }

  @Override
  public void resumeReading() {
    reading = true;
  }
}
