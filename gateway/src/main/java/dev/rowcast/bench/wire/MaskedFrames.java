package dev.rowcast.bench.wire;

import java.util.random.RandomGenerator;

/**
 * The bytes of a client's frames: final and masked (RFC 6455 section 5.3).
 *
 * <p>Confined to one thread, because of its random numbers.
 */
public final class MaskedFrames {
  /** The longest header with a mask. */
  public static final int MAX_HEADER = 14;

  private final RandomGenerator random;

  /** Masks drawn from {@code random}. */
  public MaskedFrames(RandomGenerator random) {
    this.random = random;
  }

  /** A whole frame. */
  public byte[] frame(int opcode, byte[] payload) {
    return frame(opcode, payload, 0, payload.length);
  }

  /** A whole frame of some bytes. */
  public byte[] frame(int opcode, byte[] payload, int from, int to) {
    var length = to - from;
    var header = length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
    var frame = new byte[header + 4 + length];
    frame[0] = (byte) (0x80 | opcode);
    if (header == 2) {
      frame[1] = (byte) (0x80 | length);
    } else {
      frame[1] = (byte) (header == 4 ? 0xFE : 0xFF);
      for (int at = header - 1, rest = length; at >= 2; at--, rest >>>= 8) {
        frame[at] = (byte) rest;
      }
    }
    var mask = random.nextInt();
    for (int i = 0; i < 4; i++) {
      frame[header + i] = (byte) (mask >>> (24 - 8 * i));
    }
    for (int i = 0; i < length; i++) {
      frame[header + 4 + i] = (byte) (payload[from + i] ^ frame[header + (i & 3)]);
    }
    return frame;
  }
}
