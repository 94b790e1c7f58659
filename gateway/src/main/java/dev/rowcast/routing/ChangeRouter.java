package dev.rowcast.routing;

import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import dev.rowcast.message.Topic;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Decides which facility messages a change becomes, by the configured routes.
 *
 * <p>Thread-safe. Pure but for a memory of which routes fit a table, which grows with the tables
 * captured.
 *
 * <p>Every route that fits contributes its message, in the order of the configuration; two routes
 * of one topic and one format count once. {@code rowcast.publish(channel, payload)} needs no route:
 * it goes, verbatim, to everybody at the facility named like the channel.
 */
public final class ChangeRouter {
  private final List<RouteSettings> routes;
  private final Map<TableName, List<Target>> targets = new ConcurrentHashMap<>();

  /** With the entries of {@code routes}, in their order. */
  public ChangeRouter(List<RouteSettings> routes) {
    this.routes = List.copyOf(routes);
  }

  /** Hands what {@code change} becomes to {@code sink}, in order; often nothing. */
  public void route(RowChange change, Consumer<FacilityMessage> sink) {
    switch (change) {
      case RowChange.Published(var channel, var json) ->
          sink.accept(new FacilityMessage(Topic.broadcast(channel), utf8(json)));
      case RowChange.Inserted inserted -> write(inserted.table(), inserted, sink);
      case RowChange.Updated updated -> write(updated.table(), updated, sink);
      case RowChange.Deleted deleted -> write(deleted.table(), deleted, sink);
      case RowChange.Truncated truncated -> write(truncated.table(), truncated, sink);
    }
  }

  private void write(TableName table, RowChange change, Consumer<FacilityMessage> sink) {
    var to = targets.computeIfAbsent(table, this::targetsOf);
    if (to.isEmpty()) {
      return;
    }
    var written = new EnumMap<RouteSettings.Format, Optional<byte[]>>(RouteSettings.Format.class);
    for (var target : to) {
      written
          .computeIfAbsent(target.format(), format -> text(format, change))
          .ifPresent(payload -> sink.accept(new FacilityMessage(target.topic(), payload)));
    }
  }

  private List<Target> targetsOf(TableName table) {
    var name = table.toString();
    return routes.stream()
        .filter(route -> route.tables().stream().anyMatch(glob -> glob.matches(name)))
        .filter(route -> route.exclude().stream().noneMatch(glob -> glob.matches(name)))
        .map(route -> new Target(route.topic(), route.format()))
        .distinct()
        .toList();
  }

  private static Optional<byte[]> text(RouteSettings.Format format, RowChange change) {
    var json =
        switch (format) {
          case RODAN -> RodanFormat.write(change);
          case JSON -> JsonFormat.write(change);
        };
    return json.map(ChangeRouter::utf8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private record Target(Topic topic, RouteSettings.Format format) {}
}
