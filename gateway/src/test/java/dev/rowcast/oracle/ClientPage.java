package dev.rowcast.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page that loads the package's own browser client, as a Django site would serve it.
 *
 * <p>Thread-safe.
 */
final class ClientPage implements AutoCloseable {
  private final HttpServer http;

  private ClientPage(HttpServer http) {
    this.http = http;
  }

  static ClientPage serve(Path jquery, Path client) throws IOException {
    var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page;
    try (var resource = ClientPage.class.getResourceAsStream("/oracle/client-page.html")) {
      if (resource == null) {
        throw new IOException("client-page.html is not on the class path");
      }
      page = resource.readAllBytes();
    }
    answer(http, "/", "text/html", page);
    answer(http, "/jquery.js", "text/javascript", Files.readAllBytes(jquery));
    answer(http, "/ws4redis.js", "text/javascript", Files.readAllBytes(client));
    http.start();
    return new ClientPage(http);
  }

  private static void answer(HttpServer http, String path, String type, byte[] body) {
    http.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", type + "; charset=" + UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  /** The page that connects to a facility of the server on this port. */
  String url(int port, String facility) {
    return "http://127.0.0.1:"
        + http.getAddress().getPort()
        + "/?ws://127.0.0.1:"
        + port
        + "/ws/"
        + facility
        + "?subscribe-broadcast&publish-broadcast&echo";
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
