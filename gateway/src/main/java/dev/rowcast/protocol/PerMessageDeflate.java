package dev.rowcast.protocol;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compression of single messages (RFC 7692), always without context takeover: each message is
 * compressed by itself, so that one compressed message serves every connection and a connection
 * keeps no window.
 *
 * <p>Immutable.
 */
public final class PerMessageDeflate {
  /** What is answered to an offer that we can fulfil; as an offer, one that we can. */
  public static final String ANSWER =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  /** Ends every flush of a deflater; cut off on the wire (section 7.2.1). */
  private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

  /** Room to inflate into, before it is known how much comes. */
  private static final int SMALLEST = 64;

  private static final int LARGEST = 8192;

  /** A message that could not be inflated. */
  public enum Failure {
    TOO_BIG,
    BROKEN
  }

  /** What a compressed message turned out to be. */
  public sealed interface Inflated {
    /** Its bytes. */
    final class Whole implements Inflated {
      private final byte[] bytes;

      Whole(byte[] bytes) {
        this.bytes = bytes;
      }

      /** The message; the array is the caller's. */
      public byte[] bytes() {
        return bytes;
      }
    }

    /** None. */
    record Failed(Failure failure) implements Inflated {}
  }

  private PerMessageDeflate() {}

  /**
   * The first offer of these header lines that we can fulfil, answered. An offer that bounds our
   * window is passed over: the JDK's deflater always uses 32 KiB.
   */
  public static Optional<String> answer(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .filter(PerMessageDeflate::canFulfil)
        .findFirst()
        .map(_ -> ANSWER);
  }

  private static boolean canFulfil(String offer) {
    var parts = offer.split(";", -1);
    if (!parts[0].strip().equals("permessage-deflate")) {
      return false;
    }
    return Arrays.stream(parts)
        .skip(1)
        .map(String::strip)
        .allMatch(part ->
            part.equals("server_no_context_takeover")
                || part.equals("client_no_context_takeover")
                || part.matches("client_max_window_bits(=\"?([89]|1[0-5])\"?)?")
                || part.matches("server_max_window_bits=\"?15\"?"));
  }

  /** Compresses one message; the deflater is raw and reset afterwards. */
  public static byte[] deflate(byte[] message, Deflater deflater) {
    deflater.setInput(message);
    var out = new ByteArrayOutputStream(message.length / 2 + 16);
    var buffer = new byte[Math.min(8192, message.length + 64)];
    int count;
    do {
      count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
      out.write(buffer, 0, count);
    } while (count == buffer.length);
    deflater.reset();
    var bytes = out.toByteArray();
    return Arrays.copyOf(bytes, bytes.length - TAIL.length);
  }

  /** Undoes the compression of one message, up to {@code max} bytes. */
  public static Inflated inflate(byte[] compressed, int max) {
    try (var inflater = new Inflater(true)) {
      return inflate(compressed, 0, compressed.length, max, inflater);
    }
  }

  /** The same with an inflater that is kept; it is raw and reset before. */
  public static Inflated inflate(byte[] bytes, int from, int to, int max, Inflater inflater) {
    inflater.reset();
    inflater.setInput(bytes, from, to - from);
    var message = new byte[Math.clamp(4L * (to - from), SMALLEST, LARGEST)];
    var size = 0;
    try {
      for (var isWhole = false; !inflater.finished(); ) {
        if (size == message.length) {
          message = Arrays.copyOf(message, size * 2);
        }
        var count = inflater.inflate(message, size, message.length - size);
        size += count;
        if (size > max) {
          return new Inflated.Failed(Failure.TOO_BIG);
        }
        if (count == 0) {
          if (inflater.needsDictionary() || !inflater.needsInput()) {
            return new Inflated.Failed(Failure.BROKEN);
          }
          if (isWhole) {
            break;
          }
          inflater.setInput(TAIL);
          isWhole = true;
        }
      }
      return new Inflated.Whole(Arrays.copyOf(message, size));
    } catch (DataFormatException _) {
      return new Inflated.Failed(Failure.BROKEN);
    }
  }
}
