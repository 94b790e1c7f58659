package dev.rowcast.routing;

import dev.rowcast.base.Glob;
import dev.rowcast.message.Topic;
import java.util.List;

/**
 * Which changes become messages of which facility: one entry of {@code routes}.
 *
 * <p>Immutable. Tables are matched by {@code schema.name}; {@code exclude} wins.
 */
public record RouteSettings(List<Glob> tables, List<Glob> exclude, Topic topic, Format format) {

  /** How a change is written. */
  public enum Format {
    /** Rodan's {@code {"status": …, "project": …, "model": …, "uuid": …}}, to the byte. */
    RODAN,
    /** {@code {"type":…,"table":…,"key":…,"row":…}}. */
    JSON
  }

  /** Copies the patterns. */
  public RouteSettings {
    tables = List.copyOf(tables);
    exclude = List.copyOf(exclude);
  }
}
