package dev.rowcast.shape;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shapes that a change is of interest to, at a cost of those that it is and not of all:
 * shapes are kept by the values that their filters ask for with {@code eq} and {@code in}.
 *
 * <p>Confined to one thread. Holds each shape once.
 *
 * <p>What cannot be kept by a value (no such comparison) is looked at for each change of its table.
 * A change whose old row is not known is of interest to every shape of a table that asks for a
 * column outside the key: each must be told that the row has left.
 */
public final class ShapeIndex {
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Tenants> tables = new HashMap<>();
  private long round;

  /** Who is told. */
  @FunctionalInterface
  public interface Matches {
    /** A shape and what the change is to it, never {@link Verdict#NOTHING}. */
    void matched(Shape shape, Verdict verdict);
  }

  /** A shape and when it was looked at last. */
  private static final class Place {
    final Shape shape;
    final List<Condition.Anchor> anchors;

    /** Whether the filter says no more than that a row has one of its values. */
    final boolean isSaidByAnchors;

    long round;

    Place(Shape shape) {
      this.shape = shape;
      this.anchors = shape.anchors().orElse(List.of());
      this.isSaidByAnchors = shape.isSaidByAnchors();
    }
  }

  /** The shapes of one table. */
  private static final class Tenants {
    /** All, by their ids. */
    final Map<String, Place> all = new LinkedHashMap<>();

    /** Those that no value can tell from the others. */
    final Map<String, Place> others = new LinkedHashMap<>();

    final Map<Column, Shelf> shelves = new LinkedHashMap<>();
  }

  /**
   * The shapes that ask for a value of one column.
   *
   * <p>Mostly one shape asks for a value: that one is found by one look, without a map of its own.
   */
  private static final class Shelf {
    final String column;
    final Values values;

    /** One that asks for the value. */
    final Map<Object, Place> firsts = new HashMap<>();

    /** All others that ask for it, by their ids. */
    final Map<Object, Map<String, Place>> others = new HashMap<>();

    Shelf(Condition.Anchor anchor) {
      this.column = anchor.column().name();
      this.values = anchor.values();
    }

    void add(Object value, Place place) {
      var first = firsts.putIfAbsent(value, place);
      if (first != null && first != place) {
        others.computeIfAbsent(value, _ -> new LinkedHashMap<>()).put(place.shape.id(), place);
      }
    }

    void remove(Object value, Place place) {
      if (!firsts.remove(value, place)) {
        others.computeIfPresent(
            value,
            (_, here) -> {
              here.remove(place.shape.id());
              return here.isEmpty() ? null : here;
            });
      }
    }

    boolean isEmpty() {
      return firsts.isEmpty() && others.isEmpty();
    }
  }

  /** Adds a shape; one that is there already is not added twice. */
  public void add(Shape shape) {
    if (places.containsKey(shape.id())) {
      return;
    }
    var place = new Place(shape);
    places.put(shape.id(), place);
    var tenants = tables.computeIfAbsent(shape.table().table(), _ -> new Tenants());
    tenants.all.put(shape.id(), place);
    if (shape.anchors().isEmpty()) {
      tenants.others.put(shape.id(), place);
    }
    for (var anchor : place.anchors) {
      tenants
          .shelves
          .computeIfAbsent(anchor.column(), _ -> new Shelf(anchor))
          .add(anchor.value(), place);
    }
  }

  /** Takes a shape away. */
  public void remove(Shape shape) {
    var place = places.remove(shape.id());
    if (place == null) {
      return;
    }
    var name = place.shape.table().table();
    var tenants = tables.get(name);
    if (tenants == null) {
      throw new IllegalStateException("a shape of no table");
    }
    tenants.all.remove(shape.id());
    tenants.others.remove(shape.id());
    for (var anchor : place.anchors) {
      clear(tenants, anchor, place);
    }
    if (tenants.all.isEmpty()) {
      tables.remove(name);
    }
  }

  private static void clear(Tenants tenants, Condition.Anchor anchor, Place place) {
    var shelf = tenants.shelves.get(anchor.column());
    if (shelf == null) {
      return;
    }
    shelf.remove(anchor.value(), place);
    if (shelf.isEmpty()) {
      tenants.shelves.remove(anchor.column());
    }
  }

  /** How many there are. */
  public int size() {
    return places.size();
  }

  /**
   * Tells of each shape to which the change is something, once, in no order. Whoever is told adds
   * none and takes none away meanwhile.
   */
  public void match(RowEvent event, Matches matches) {
    var tenants = tables.get(event.table());
    if (tenants == null) {
      return;
    }
    round++;
    if (event.kind() == RowEvent.Kind.TRUNCATE) {
      look(tenants.all.values(), event, matches);
      return;
    }
    look(tenants.others.values(), event, matches);
    for (var shelf : tenants.shelves.values()) {
      look(shelf, event, matches);
    }
  }

  private void look(Shelf shelf, RowEvent event, Matches matches) {
    switch (event.kind()) {
      case INSERT -> look(shelf, event.now(shelf.column), Verdict.INSERT, event, matches);
      case UPDATE -> {
        var now = event.now(shelf.column);
        var before = event.before(shelf.column);
        if (Objects.equals(now, before)) {
          look(shelf, now, Verdict.UPDATE, event, matches);
        } else {
          look(shelf, now, null, event, matches);
          look(shelf, before, null, event, matches);
        }
      }
      case DELETE -> look(shelf, event.before(shelf.column), Verdict.DELETE, event, matches);
      case TRUNCATE -> throw new IllegalStateException("concerns all, whatever their values");
    }
  }

  /**
   * No value at all is equal to none; one that is not known may be any.
   *
   * @param verdict what the event is to a filter that asks for this value and nothing else; null
   *     when that is still to be found out
   */
  private void look(
      Shelf shelf,
      @Nullable JsonPiece json,
      @Nullable Verdict verdict,
      RowEvent event,
      Matches matches) {
    if (json != null && json.is("null")) {
      return;
    }
    var value = json == null ? null : shelf.values.ofJson(json);
    if (value == null) {
      look(shelf.firsts.values(), event, matches);
      for (var others : shelf.others.values()) {
        look(others.values(), event, matches);
      }
      return;
    }
    var first = shelf.firsts.get(value);
    if (first != null) {
      look(first, verdict, event, matches);
    }
    var others = shelf.others.get(value);
    if (others != null) {
      for (var other : others.values()) {
        look(other, verdict, event, matches);
      }
    }
  }

  private void look(Collection<Place> places, RowEvent event, Matches matches) {
    for (var place : places) {
      look(place, null, event, matches);
    }
  }

  private void look(Place place, @Nullable Verdict known, RowEvent event, Matches matches) {
    if (place.round == round) {
      return;
    }
    place.round = round;
    var verdict = known != null && place.isSaidByAnchors ? known : place.shape.judge(event);
    if (verdict != Verdict.NOTHING) {
      matches.matched(place.shape, verdict);
    }
  }
}
