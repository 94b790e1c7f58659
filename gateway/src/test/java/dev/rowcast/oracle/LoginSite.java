package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * A real Django with its real login view, in a process of its own.
 *
 * <p>Confined to the test's thread.
 */
final class LoginSite implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern FORM_TOKEN =
      Pattern.compile("name=[\"']csrfmiddlewaretoken[\"'] value=[\"']([^\"']+)");

  /** A Django and where it keeps its sessions. */
  enum Kind {
    DJANGO_2_2_WITH_WS4REDIS("venv", "installed", "db"),
    CURRENT_DJANGO("django", "installed-django", "db"),
    CURRENT_DJANGO_IN_REDIS("django", "installed-django", "redis");

    private final String folder;
    private final String stamp;
    private final String engine;

    Kind(String folder, String stamp, String engine) {
      this.folder = folder;
      this.stamp = stamp;
      this.engine = engine;
    }

    boolean isInRedis() {
      return engine.equals("redis");
    }

    boolean hasWs4redis() {
      return this == DJANGO_2_2_WITH_WS4REDIS;
    }
  }

  private final Kind kind;
  private final Path log;
  private final Map<String, String> environment;
  private final Process server;
  private final URI address;

  private LoginSite(Kind kind, Path log, Map<String, String> environment) throws IOException {
    this.kind = kind;
    this.log = log;
    this.environment = environment;
    var port = Oracle.freePort();
    server = builder("prepare", "serve", Integer.toString(port)).start();
    address = URI.create("http://127.0.0.1:" + port);
    var first =
        new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8)).readLine();
    if (!"serving".equals(first)) {
      throw new IOException("the login site did not start: " + Files.readString(log));
    }
  }

  /**
   * Starts the site; a test is skipped, with a line that says how to install it, where it is
   * missing.
   *
   * @param database host:port:user:name
   */
  static LoginSite start(Kind kind, Path folder, String database, int redis) throws IOException {
    var home = Oracle.home();
    if (!Files.exists(home.resolve(kind.stamp))) {
      var reason =
          kind + " is not installed in " + home + ", so nobody logged in: run oracle/install";
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    return new LoginSite(
        kind,
        folder.resolve(kind + ".log"),
        Map.of(
            "LOGIN_DATABASE",
            database,
            "LOGIN_REDIS",
            "127.0.0.1:" + redis,
            "LOGIN_ENGINE",
            kind.engine,
            "LOGIN_SECRET",
            "a secret of the login site",
            "PYTHONDONTWRITEBYTECODE",
            "1"));
  }

  private ProcessBuilder builder(String... words) throws IOException {
    var command = new ArrayList<String>();
    command.add(Oracle.home().resolve(kind.folder).resolve("bin/python").toString());
    command.add("-Wignore");
    command.add(Oracle.scripts().resolve("login.py").toString());
    command.addAll(List.of(words));
    var builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return builder;
  }

  /** Runs commands of {@code login.py} to their end. */
  void run(String... words) throws IOException {
    var process = builder(words).start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(words[0] + " failed: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** A browser that has logged in over the login view. */
  Visitor login(String name) throws IOException {
    var visitor = new Visitor();
    var page = visitor.get("/login/").body();
    var token = FORM_TOKEN.matcher(page);
    if (!token.find()) {
      throw new IOException("no form: " + page + Files.readString(log));
    }
    var answer =
        visitor.post(
            "/login/",
            Map.of(
                "csrfmiddlewaretoken",
                token.group(1),
                "username",
                name,
                "password",
                name + "'s secret"));
    if (answer.statusCode() != 302) {
      throw new IOException("no login: " + answer.statusCode() + Files.readString(log));
    }
    return visitor;
  }

  /** A browser with its cookies. */
  final class Visitor {
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http =
        HttpClient.newBuilder().cookieHandler(cookies).connectTimeout(PATIENCE).build();

    HttpResponse<String> get(String path) throws IOException {
      return send(HttpRequest.newBuilder(address.resolve(path)).build());
    }

    HttpResponse<String> post(String path, Map<String, String> form) throws IOException {
      var body = new StringBuilder();
      form.forEach((name, value) ->
          body.append(body.isEmpty() ? "" : "&")
              .append(name)
              .append('=')
              .append(URLEncoder.encode(value, UTF_8)));
      return send(
          HttpRequest.newBuilder(address.resolve(path))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(body.toString()))
              .build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
      try {
        return http.send(request, BodyHandlers.ofString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    /** The key of its session. */
    String sessionKey() {
      return cookies.getCookieStore().getCookies().stream()
          .filter(cookie -> cookie.getName().equals("sessionid"))
          .map(HttpCookie::getValue)
          .findFirst()
          .orElseThrow();
    }

    /** Logs out over the logout view. */
    void logout() throws IOException {
      var front = get("/").body();
      post("/logout/", Map.of("csrfmiddlewaretoken", front.substring(front.indexOf('|') + 1)));
    }
  }

  @Override
  public void close() throws IOException {
    server.getOutputStream().close();
    try {
      if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      server.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
