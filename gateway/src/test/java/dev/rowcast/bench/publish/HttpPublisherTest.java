package dev.rowcast.bench.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class HttpPublisherTest {

  @Test
  void aMessageIsPostedInItsTemplateAndARefusalIsSaid() throws Exception {
    var heard = new CopyOnWriteArrayList<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          heard.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-API-Key")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(heard.size() < 3 ? 204 : 403, -1);
          exchange.close();
        });
    server.start();
    var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/pub/{facility}";
    try (var publisher =
        new HttpPublisher(
            url, "{\"channel\":\"{facility}\",\"data\":{payload}}", List.of("X-API-Key: k"))) {
      publisher.publish("a", "", "1".getBytes(UTF_8));
      publisher.publish("b", "", "2".getBytes(UTF_8));

      assertThatThrownBy(() -> publisher.publish("c", "", "3".getBytes(UTF_8)))
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("answered 403");
      assertThat(heard)
          .containsExactly(
              "/pub/a k {\"channel\":\"a\",\"data\":1}",
              "/pub/b k {\"channel\":\"b\",\"data\":2}",
              "/pub/c k {\"channel\":\"c\",\"data\":3}");
    } finally {
      server.stop(0);
    }
  }
}
