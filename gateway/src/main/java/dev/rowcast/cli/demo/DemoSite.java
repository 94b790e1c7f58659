package dev.rowcast.cli.demo;

import dev.rowcast.server.HttpPages;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's page and the little REST API behind it, as Rodan has one behind its client.
 *
 * <p>Thread-safe; answers may block on the database.
 *
 * <pre>
 * GET  /                          the page; its parts are below /demo/
 * GET  /demo/about                the lines to try, as JSON
 * GET  /demo/rows                 what the board shows
 * GET  /demo/rows?runjob=U,U&amp;…    the rows of these uuids (32 hex digits each) by model
 * POST /demo/run/insert           a new run; also cancel?uuid=U and delete?uuid=U
 * </pre>
 *
 * <p>A change needs the header {@code X-Rowcast-Demo}: a foreign page cannot send it without a
 * preflight, which nobody here answers.
 */
final class DemoSite {
  /** The header that a page of another origin cannot send. */
  static final String HEADER = "x-rowcast-demo";

  /** How many runs the board shows at most. */
  private static final int RUNS = 60;

  private static final int MOST_UUIDS = 200;
  private static final String JSON = "application/json; charset=utf-8";
  private static final Logger LOG = LoggerFactory.getLogger(DemoSite.class);
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

  private final DemoDatabase database;
  private final Map<String, Answer> files;

  DemoSite(DemoDatabase database, DemoLines lines) {
    this.database = database;
    this.files =
        Map.of(
            "/", file("text/html; charset=utf-8", "index.html"),
            "/demo/demo.css", file("text/css; charset=utf-8", "demo.css"),
            "/demo/demo.js", file("text/javascript; charset=utf-8", "demo.js"),
            "/demo/about", new Answer(200, JSON, lines.json()));
  }

  /** A status and a body. */
  record Answer(int status, String contentType, String body) {
    static Answer text(int status, String text) {
      return new Answer(status, "text/plain; charset=utf-8", text + "\n");
    }

    HttpPages.Reply reply() {
      return new HttpPages.Reply(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Adds all of this to what a server answers. */
  void addTo(HttpPages pages) {
    for (var path : paths()) {
      pages.resource(path, request -> get(path, request.query()).reply());
    }
    for (var path : actions()) {
      pages.action(
          path,
          request -> post(path, request.query(), request.headers().containsKey(HEADER)).reply());
    }
  }

  /** What a change is called in its path. */
  private enum Action {
    INSERT,
    CANCEL,
    DELETE
  }

  /** The answer to GET {@code path}, one of {@link #paths}. */
  Answer get(String path, String query) {
    var file = files.get(path);
    return file != null ? file : rows(query);
  }

  /** The paths that {@link #get} answers. */
  static List<String> paths() {
    return List.of("/", "/demo/demo.css", "/demo/demo.js", "/demo/about", "/demo/rows");
  }

  /** The paths that {@link #post} answers. */
  static List<String> actions() {
    return List.of("/demo/run/insert", "/demo/run/cancel", "/demo/run/delete");
  }

  /** The answer to POST {@code path}, one of {@link #actions}. */
  Answer post(String path, String query, boolean hasHeader) {
    if (!hasHeader) {
      return Answer.text(403, "only the demo's own page may change rows");
    }
    var action =
        switch (path.substring(path.lastIndexOf('/') + 1)) {
          case "insert" -> Action.INSERT;
          case "cancel" -> Action.CANCEL;
          default -> Action.DELETE;
        };
    var uuid = parameters(query).getOrDefault("uuid", List.of());
    if (uuid.size() != (action == Action.INSERT ? 0 : 1)) {
      return Answer.text(400, "one uuid of 32 hex digits is needed");
    }
    return answer(() -> {
      switch (action) {
        case INSERT -> database.insertRun("Inserted on the page", "you");
        case CANCEL -> database.cancelRun(uuid.getFirst());
        case DELETE -> database.deleteRun(uuid.getFirst());
      }
      return "{}";
    });
  }

  private Answer rows(String query) {
    var wanted = parameters(query);
    if (wanted.values().stream().mapToInt(List::size).sum() > MOST_UUIDS) {
      return Answer.text(400, "at most " + MOST_UUIDS + " uuids at once");
    }
    return answer(() -> wanted.isEmpty() ? database.board(RUNS) : database.rows(wanted));
  }

  /** An answer out of the database. */
  @FunctionalInterface
  private interface Question {
    String answer() throws SQLException;
  }

  private static Answer answer(Question question) {
    try {
      return new Answer(200, JSON, question.answer());
    } catch (SQLException e) {
      LOG.warn("The page's request failed: {}", e.getMessage());
      return Answer.text(503, "the database does not answer");
    }
  }

  /** {@code a=U,U&b=U}; what is not a uuid is left out. */
  private static Map<String, List<UUID>> parameters(String query) {
    var parameters = new TreeMap<String, List<UUID>>();
    for (var pair : query.split("&", 32)) {
      var equals = pair.indexOf('=');
      if (equals > 0) {
        var uuids = new ArrayList<UUID>();
        for (var word : pair.substring(equals + 1).split(",", -1)) {
          uuid(word).ifPresent(uuids::add);
        }
        parameters.put(pair.substring(0, equals), List.copyOf(uuids));
      }
    }
    return parameters;
  }

  private static Optional<UUID> uuid(String text) {
    if (!HEX.matcher(text).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new UUID(
            Long.parseUnsignedLong(text, 0, 16, 16), Long.parseUnsignedLong(text, 16, 32, 16)));
  }

  private static Answer file(String contentType, String name) {
    return new Answer(200, contentType, Sql.resource("page/" + name));
  }
}
