package dev.rowcast.server;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * One open WebSocket as operators see it; never a session's key, a header or a message.
 *
 * <p>Immutable.
 *
 * @param facility empty when it listens to none
 * @param waiting bytes that it has not read yet
 */
public record ConnectionReport(
    Optional<String> user,
    Optional<String> facility,
    InetAddress address,
    Duration age,
    long waiting) {}
