package dev.rowcast.bus.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sixty-four bits that tell payloads apart without keeping them; zero stands for no payload.
 *
 * <p>Immutable. Not against malice: whoever finds a collision makes one node leave out one repeated
 * last value.
 */
final class Fingerprint {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private Fingerprint() {}

  static long of(byte[] payload) {
    var hash = MULTIPLIER ^ payload.length;
    var i = 0;
    for (; i + 8 <= payload.length; i += 8) {
      hash = mix(hash ^ (long) LONGS.get(payload, i));
    }
    for (; i < payload.length; i++) {
      hash = mix(hash ^ payload[i]);
    }
    return hash == 0 ? 1 : hash;
  }

  private static long mix(long value) {
    var product = value * MULTIPLIER;
    return product ^ Math.unsignedMultiplyHigh(value, MULTIPLIER) ^ (product >>> 29);
  }
}
