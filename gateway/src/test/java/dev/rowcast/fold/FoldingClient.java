package dev.rowcast.fold;

import dev.rowcast.base.Pause;
import dev.rowcast.fold.Tally.Of;
import dev.rowcast.fold.Temper.Start;
import dev.rowcast.message.Position;
import java.io.IOException;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of {@code /live} that applies what it is told to the rows it began with, however often
 * it has to connect, until it was told everything up to the end.
 *
 * <p>Confined to its own thread, except {@link #hasBegun}, {@link #hasEnded} and, once that is
 * true, everything else.
 */
final class FoldingClient {
  private static final Duration LISTENING = Duration.ofMillis(250);
  private static final int REMEMBERED = 16;
  private static final int SHOWN = 400;
  private static final Pattern REPEATED = Pattern.compile("(..)\\1{9,}");

  private final Plan.Member plan;
  private final Scene scene;
  private final SplittableRandom random;
  private final FoldedRows rows;
  private final List<JsonNode> loading = new ArrayList<>();
  private final ArrayDeque<Object> latest = new ArrayDeque<>();
  private final List<String> faults = new ArrayList<>();

  /** What had happened to it before its first fault. */
  private List<String> before = List.of();

  private final List<String> resets = new ArrayList<>();

  private boolean hasRows;

  /** What it comes back with. */
  private @Nullable String since;

  /** Where it is. */
  private @Nullable Position at;

  /** Whether it was told more since then. */
  private boolean isPlaceOld;

  private boolean asksForSnapshot;

  /** How often it connected in vain since it was told anything. */
  private int failures;

  private int cutAt;
  private volatile boolean hasBegun;
  private volatile boolean hasEnded;

  /** A client in a scene. */
  FoldingClient(Plan.Member plan, Scene scene) {
    this.plan = plan;
    this.scene = scene;
    this.random = new SplittableRandom(plan.seed());
    this.rows = new FoldedRows(plan.wish(), plan.temper().conflates());
    this.asksForSnapshot = plan.temper().start() == Start.SNAPSHOT;
    this.cutAt = plan.temper().begins() + random.nextInt(1, 80);
  }

  /** Whether it holds rows and is told changes, or has failed; any thread may ask. */
  boolean hasBegun() {
    return hasBegun || hasEnded;
  }

  /** Whether it was told everything, or has failed; any thread may ask. */
  boolean hasEnded() {
    return hasEnded;
  }

  Wish wish() {
    return plan.wish();
  }

  Temper temper() {
    return plan.temper();
  }

  /** The reasons of the resets it was told. */
  List<String> resets() {
    return resets;
  }

  /** What is wrong with it, given what the database answers to its wish. */
  List<String> wrongs(List<JsonNode> expected) {
    var wrongs = new ArrayList<>(faults);
    wrongs.addAll(rows.faults());
    wrongs.addAll(rows.differences(expected));
    scene.tally().add(Of.ROWS_AT_THE_END, rows.size());
    return wrongs;
  }

  /** Lives until it was told everything, or is interrupted. */
  void run() {
    try {
      scene.progress().await(plan.temper().begins());
      while (!isAtEnd()) {
        connect();
      }
    } catch (InterruptedException _) {
      fault("it is not told everything: it is at " + at + " and the end " + scene.end());
    } catch (RuntimeException ours) {
      fault("the test failed: " + ours + " at " + ours.getStackTrace()[0]);
    } finally {
      hasEnded = true;
    }
  }

  private boolean isAtEnd() {
    var here = at;
    return since != null
        && here != null
        && scene
            .end()
            .filter(end -> end.epoch().equals(here.epoch()) && here.compareTo(end) >= 0)
            .isPresent();
  }

  private void connect() throws InterruptedException {
    try {
      if (since == null && !asksForSnapshot && plan.temper().start() == Start.RENDERED) {
        var rendered = scene.answers().rendered(plan.wish().select());
        begin(rendered.rows(), rendered.position());
        note("read " + rendered.rows().size() + " rows at " + rendered.position());
        scene.tally().add(Of.RENDERED);
      }
      scene.tally().add(Of.CONNECTIONS);
      if (since != null) {
        scene.tally().add(Of.RESUMES);
        resume(since);
      }
      note("connects, since " + since);
      try (var subscription = open()) {
        listen(subscription);
      }
    } catch (IOException | SQLException away) {
      note("cut off: " + away.getMessage());
      rest();
    }
  }

  /**
   * What it was told since the place it goes on from, as it had none to come back with, comes
   * again.
   */
  private void resume(String place) {
    var from = Places.position(place).orElse(null);
    var here = at;
    if (from != null && here != null && !from.equals(here)) {
      rows.relax();
      at = from;
    }
  }

  private Subscription open() throws IOException {
    loading.clear();
    var from =
        since != null
            ? Optional.of(since)
            : asksForSnapshot ? Optional.of("snapshot") : Optional.<String>empty();
    return switch (plan.temper().carrier()) {
      case STREAM -> new StreamSubscription(socket(), plan.wish(), from);
      case SOCKET -> new SocketSubscription(socket(), plan.wish(), from, plan.temper().conflates());
      case PAGE -> new PageSubscription(this::socket, plan.wish(), from);
    };
  }

  private Socket socket() throws IOException {
    return scene.connect(random, plan.temper().isSlow());
  }

  /** Returns when it comes to its end, or wants another connection. */
  private void listen(Subscription subscription)
      throws IOException, SQLException, InterruptedException {
    Optional<Position> asked = Optional.empty();
    while (!isAtEnd()) {
      if (isCutOff()) {
        note("goes away");
        return;
      }
      var end = scene.end();
      if (end.isPresent() && !end.equals(asked) && since != null) {
        asked = end;
        subscription.sync(end.get());
      }
      var told = subscription.next(LISTENING);
      if (told.isEmpty()) {
        continue;
      }
      note(told.get());
      failures = told.get() instanceof Told.Over ? failures : 0;
      if (!take(told.get())) {
        return;
      }
      if (plan.temper().isSlow() && since != null && random.nextInt(40) == 0) {
        note("reads nothing for a while");
        scene.progress().await(scene.progress().ended() + random.nextInt(10, 80));
      }
    }
  }

  private boolean isCutOff() throws InterruptedException {
    if (!plan.temper().isRestless()
        || since == null
        || isPlaceOld
        || scene.end().isPresent()
        || scene.progress().ended() < cutAt) {
      return false;
    }
    if (random.nextInt(3) == 0) {
      scene.progress().await(scene.progress().ended() + random.nextInt(60));
    }
    cutAt = scene.progress().ended() + random.nextInt(1, 80);
    return true;
  }

  /** Comes back a little later, and later each time that it does so in vain. */
  private void rest() throws InterruptedException {
    failures = Math.min(failures + 1, 8);
    Pause.of(Duration.ofMillis(20 + random.nextInt(60)).multipliedBy(failures));
  }

  /** Whether the connection is of use after that. */
  private boolean take(Told told) throws SQLException, InterruptedException {
    return switch (told) {
      case Told.Rows(var some) -> {
        loading.addAll(some);
        yield true;
      }
      case Told.Live(var place) -> {
        if (!hasRows) {
          scene.tally().add(Of.SNAPSHOTS);
          begin(loading, place);
        }
        moved(place);
        yield true;
      }
      case Told.At(var place) -> {
        if (!hasRows && !asksForSnapshot) {
          begin(scene.answers().rows(plan.wish().select()), place);
        }
        moved(place);
        yield true;
      }
      case Told.Synced(var position) -> {
        reached(position);
        isPlaceOld = true;
        yield true;
      }
      case Told.Event(var place, var event) -> {
        happened(place, event);
        yield true;
      }
      case Told.Reset(var reason, var place) -> reset(reason, place);
      case Told.Over(var why) -> {
        note(why);
        rest();
        yield false;
      }
      case Told.Wrong(var what) -> throw new IllegalStateException(what);
    };
  }

  private void begin(List<JsonNode> exactly, String place) {
    rows.begin(exactly);
    hasRows = true;
    since = place;
    at = Places.position(place).orElse(null);
    hasBegun = true;
  }

  /** Everything up to there was told. */
  private void moved(String place) {
    if (!hasRows) {
      return;
    }
    Places.position(place).ifPresent(this::reached);
    since = place;
    isPlaceOld = false;
  }

  private void reached(Position next) {
    var here = at;
    if (here != null && (!here.epoch().equals(next.epoch()) || next.compareTo(here) < 0)) {
      fault("it was at " + here + ", then, without a reset, at " + next);
    }
    at = next;
  }

  private void happened(String place, JsonNode event) throws SQLException, InterruptedException {
    if (!hasRows) {
      fault("an event before there are rows: " + event);
      return;
    }
    var next = Places.position(event.path("position").asString("")).orElseThrow();
    var here = at;
    if (here != null && here.epoch().equals(next.epoch()) && next.compareTo(here) <= 0) {
      fault("at " + here + " it is told again, or out of order: " + event);
    } else if (here != null && !here.epoch().equals(next.epoch())) {
      fault("at " + here + " it is told of another log without a reset: " + event);
    }
    at = next;
    if (!place.isEmpty()) {
      since = place;
    }
    isPlaceOld = place.isEmpty();
    count(event);
    var lacking = rows.apply(event);
    if (!rows.faults().isEmpty()) {
      noteFault();
    }
    if (lacking.isPresent()) {
      scene.tally().add(Of.READ_VALUES);
      complete(event, lacking.get());
    }
  }

  private void count(JsonNode event) {
    scene
        .tally()
        .add(
            switch (plan.temper().carrier()) {
              case STREAM -> Of.STREAM_EVENTS;
              case SOCKET -> Of.SOCKET_EVENTS;
              case PAGE -> Of.PAGE_EVENTS;
            });
    scene
        .tally()
        .add(
            switch (event.path("type").asString("")) {
              case "insert" -> Of.INSERTS;
              case "update" -> Of.UPDATES;
              case "leave" -> Of.LEAVES;
              case "delete" -> Of.DELETES;
              case "truncate" -> Of.TRUNCATES;
              default -> throw new IllegalStateException(event.toString());
            });
    if (event.has("old_key")) {
      scene.tally().add(Of.KEY_CHANGES);
    }
  }

  /** Reads what an event did not tell. */
  private void complete(JsonNode event, ObjectNode row) throws InterruptedException {
    var key =
        plan.wish().table().columns().stream()
            .filter(column -> column.kind() == Table.Kind.KEY)
            .map(column ->
                column.name()
                    + " = "
                    + column.literal(event.path("key").path(column.name()).asString()))
            .toList();
    var found = read(plan.wish().select(String.join(" AND ", key)));
    for (var name : event.path("unchanged")) {
      if (!row.has(name.asString())) {
        // A row that is gone by now goes here as well, by an event that is still to come.
        row.set(
            name.asString(),
            found.isEmpty() ? FoldedRows.JSON.nullNode() : found.getFirst().path(name.asString()));
      }
    }
  }

  private boolean reset(String reason, String place) throws InterruptedException {
    scene.tally().add(Of.RESETS);
    resets.add(reason);
    note("is reset");
    if (plan.temper().startsAnew()) {
      hasRows = false;
      since = null;
      at = null;
      asksForSnapshot = true;
      return false;
    }
    rows.reload(read(plan.wish().select()));
    hasRows = true;
    hasBegun = true;
    since = place.isEmpty() ? since : place;
    at = Places.position(place).orElse(null);
    return true;
  }

  /** Asks the database, also while it is away. */
  private List<JsonNode> read(String select) throws InterruptedException {
    while (true) {
      try {
        return scene.answers().rows(select);
      } catch (SQLException away) {
        note("the database is away: " + away.getMessage());
        Pause.of(Duration.ofMillis(20));
      }
    }
  }

  /** Remembers it, to be told of in case of a failure. */
  private void note(Object what) {
    if (latest.size() == REMEMBERED) {
      latest.poll();
    }
    latest.add(what);
  }

  private void fault(String what) {
    faults.add(what);
    noteFault();
  }

  private void noteFault() {
    if (before.isEmpty()) {
      before = shown();
    }
  }

  /** What had happened to it before its first fault, or in the end; a line each. */
  List<String> latest() {
    return before.isEmpty() ? shown() : before;
  }

  private List<String> shown() {
    return latest.stream()
        .map(told -> REPEATED.matcher(told.toString()).replaceAll("$1…"))
        .map(line -> line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line)
        .toList();
  }

  @Override
  public String toString() {
    return "client " + plan.number() + " " + plan.temper() + "\n  asks for " + plan.wish();
  }
}
