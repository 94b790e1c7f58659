package dev.rowcast.session;

import dev.rowcast.auth.OriginRules;
import dev.rowcast.base.DataSize;
import java.time.Duration;
import java.util.Optional;

/**
 * How clients are talked to: {@code websocket}.
 *
 * <p>Immutable.
 *
 * @param path ws4redis's WEBSOCKET_URL: begins and ends with a slash
 * @param heartbeat ws4redis's WS4REDIS_HEARTBEAT: the text sent at least every {@code
 *     heartbeatEvery}, dropped when it comes in; empty: none
 * @param heartbeatEvery how often, at most every 4 s as ws4redis promises its clients
 * @param pingEvery how often a WebSocket ping is sent; a client that is silent for twice as long is
 *     gone
 * @param maxMessage the largest message a client may send, all fragments together; beyond it 1009
 * @param messagesPerSecond frames one client may send, four seconds' worth at once; beyond it 1008;
 *     0: unlimited
 * @param pingsPerSecond pings one client may send, four seconds' worth at once; beyond it 1008; 0:
 *     unlimited
 * @param allowUnmasked accepts client frames without a mask, which RFC 6455 section 5.1 forbids;
 *     for old load testers only
 * @param compression offers permessage-deflate without context takeover
 */
public record WebSocketSettings(
    String path,
    Optional<String> heartbeat,
    Duration heartbeatEvery,
    Duration pingEvery,
    OriginRules origins,
    DataSize maxMessage,
    int messagesPerSecond,
    int pingsPerSecond,
    boolean allowUnmasked,
    boolean compression,
    OutboxSettings outbox) {

  /** ws4redis's own defaults, and the bounds it lacks. */
  public static final WebSocketSettings DEFAULTS =
      new WebSocketSettings(
          "/ws/",
          Optional.empty(),
          Duration.ofSeconds(4),
          Duration.ofSeconds(25),
          OriginRules.SAME,
          DataSize.ofKibibytes(64),
          1000,
          10,
          false,
          false,
          OutboxSettings.DEFAULTS);

  /** Refuses what clients could not live with. */
  public WebSocketSettings {
    if (!path.startsWith("/") || !path.endsWith("/")) {
      throw new IllegalArgumentException(
          "websocket.path is '" + path + "', must begin and end with a slash");
    }
    if (heartbeat.isPresent() && heartbeat.get().isEmpty()) {
      throw new IllegalArgumentException(
          "websocket.heartbeat is empty, must be a text, or null for none");
    }
    if (heartbeatEvery.compareTo(Duration.ofMillis(100)) < 0
        || heartbeatEvery.compareTo(Duration.ofSeconds(4)) > 0) {
      throw new IllegalArgumentException(
          "websocket.heartbeat-every is " + heartbeatEvery + ", must be from 100ms to 4s");
    }
    if (pingEvery.compareTo(Duration.ofSeconds(1)) < 0
        || pingEvery.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "websocket.ping-every is " + pingEvery + ", must be from 1s to 1h");
    }
    if (maxMessage.bytes() < 1 || maxMessage.bytes() > 64L << 20) {
      throw new IllegalArgumentException(
          "websocket.max-message is " + maxMessage + ", must be from 1 byte to 64MiB");
    }
    if (messagesPerSecond < 0) {
      throw new IllegalArgumentException(
          "websocket.messages-per-second is " + messagesPerSecond + ", must not be negative");
    }
    if (pingsPerSecond < 0) {
      throw new IllegalArgumentException(
          "websocket.pings-per-second is " + pingsPerSecond + ", must not be negative");
    }
  }
}
