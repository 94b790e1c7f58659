package dev.rowcast.bench.publish;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * POSTs each message and waits for the answer: HTTP promises no order across requests.
 *
 * <p>Confined to the publishing thread.
 */
public final class HttpPublisher implements Publisher {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String url;
  private final String body;
  private final List<String> headers;
  private final HttpClient client;

  /**
   * Connects with the first message.
   *
   * @param url {@code {facility}} stands for the facility
   * @param body {@code {payload}} stands for the message, {@code {facility}} for the facility
   * @param headers each {@code Name: value}
   */
  public HttpPublisher(String url, String body, List<String> headers) {
    this.url = url;
    this.body = body;
    this.headers = List.copyOf(headers);
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
  }

  @Override
  public void publish(String facility, String stamp, byte[] payload) {
    var text =
        body.replace("{facility}", facility)
            .replace("{payload}", new String(payload, StandardCharsets.UTF_8));
    var request =
        HttpRequest.newBuilder(URI.create(url.replace("{facility}", facility)))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(text));
    for (var header : headers) {
      var colon = header.indexOf(':');
      request.header(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    try {
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new PublishException(
            request.build().uri() + " answered " + answer.statusCode() + " " + answer.body());
      }
    } catch (IOException e) {
      throw new PublishException(url + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PublishException("interrupted", e);
    }
  }

  @Override
  public void flush() {
    // Nothing is held back.
  }

  @Override
  public void close() {
    client.close();
  }
}
