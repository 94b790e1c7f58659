package dev.rowcast.session;

import dev.rowcast.auth.LiveRule;
import dev.rowcast.base.DataSize;
import dev.rowcast.shape.FilterSettings;
import java.time.Duration;
import java.util.List;

/**
 * What may be read at {@code /live}: {@code live}.
 *
 * <p>Immutable.
 *
 * @param tables the first rule that fits a table decides; no rule, no table
 * @param heartbeat a stream or WebSocket on which nothing happens says where it is this often
 * @param filter how much a reader's filter may ask for
 * @param maxSnapshot how large the rows of one reader may be that begins with {@code snapshot}
 * @param limits how much one WebSocket may ask for
 */
public record LiveSettings(
    List<LiveRule> tables,
    Duration heartbeat,
    FilterSettings filter,
    DataSize maxSnapshot,
    LiveLimits limits) {
  /** No table; a word every 25 s. */
  public static final LiveSettings DEFAULTS =
      new LiveSettings(
          List.of(),
          Duration.ofSeconds(25),
          FilterSettings.DEFAULTS,
          DataSize.ofMebibytes(256),
          LiveLimits.DEFAULTS);

  /**
   * Copies the rules; refuses a heartbeat that would be noise, or that proxies would not wait for.
   */
  public LiveSettings {
    tables = List.copyOf(tables);
    if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0
        || heartbeat.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException(
          "live.heartbeat is " + heartbeat + ", must be from 1s to 5m");
    }
  }
}
