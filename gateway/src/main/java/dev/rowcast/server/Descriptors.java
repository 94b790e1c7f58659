package dev.rowcast.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many more sockets this process could open.
 *
 * <p>Stateless.
 */
final class Descriptors {
  /** Kept for Redis, PostgreSQL, files and whatever else is opened later. */
  private static final int RESERVE = 64;

  private Descriptors() {}

  /** Descriptors left for sockets of clients, as of now; huge where the system does not tell. */
  static int available() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        && unix.getMaxFileDescriptorCount() > 0) {
      var left = unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount() - RESERVE;
      return Math.clamp(left, 0, Integer.MAX_VALUE);
    }
    return Integer.MAX_VALUE;
  }
}
