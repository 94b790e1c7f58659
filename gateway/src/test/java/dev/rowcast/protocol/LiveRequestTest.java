package dev.rowcast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.message.Position;
import dev.rowcast.message.Since;
import dev.rowcast.protocol.LiveRequest.Parsed;
import dev.rowcast.protocol.LiveRequest.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LiveRequestTest {
  private static final Map<String, List<String>> STREAM =
      Map.of("accept", List.of("text/event-stream"));

  @Test
  void aStreamBeginsNowOrBehindAPlace() {
    assertThat(request("table=public.orders", STREAM))
        .isEqualTo(
            new Parsed.Accepted(
                new LiveRequest(
                    "public.orders", "", List.of(), Optional.empty(), new Reading.Stream())));
    assertThat(request("table=public.orders&since=e.7-1&columns=id,a%20b", STREAM))
        .isEqualTo(
            new Parsed.Accepted(
                new LiveRequest(
                    "public.orders",
                    "",
                    List.of("id", "a b"),
                    Optional.of(new Since.Behind(new Position("e", 7, 1))),
                    new Reading.Stream())));
  }

  @Test
  void lastEventIdGoesBeforeSince() {
    var headers = Map.of("accept", List.of("text/event-stream"), "last-event-id", List.of("e.9-0"));

    assertThat(request("table=a.b&since=e.7-1", headers))
        .isInstanceOfSatisfying(
            Parsed.Accepted.class,
            accepted ->
                assertThat(accepted.request().since())
                    .contains(new Since.Behind(new Position("e", 9, 0))));
  }

  @Test
  void everybodyElseGetsAPageAndMayWait() {
    assertThat(request("table=a.b&wait=30", Map.of())).isEqualTo(page(Duration.ofSeconds(30)));
    assertThat(request("table=a.b&wait=9999", Map.of())).isEqualTo(page(Duration.ofSeconds(60)));
    assertThat(request("table=a.b", Map.of())).isEqualTo(page(Duration.ZERO));
    assertThat(request("table=a.b", Map.of("upgrade", List.of("h2c"))))
        .isEqualTo(page(Duration.ZERO));
  }

  @Test
  void whatIsNotOursIsAboutRowsAndKeptAsItWasWritten() {
    assertThat(request("a=eq.1%2C5&table=a.b&a=lt.3&&or=(b.is.null)&wait=0", Map.of()))
        .isInstanceOfSatisfying(
            Parsed.Accepted.class,
            accepted ->
                assertThat(accepted.request().where())
                    .isEqualTo("a=eq.1%2C5&a=lt.3&or=(b.is.null)"));
  }

  @Test
  void whatIsNotUnderstoodIsSaidAndNeverIgnored() {
    assertThat(refusal("table=a.b&since=yesterday", Map.of())).startsWith("400 since is not");
    assertThat(refusal("", Map.of())).startsWith("400 table is missing");
    assertThat(refusal("table=orders", Map.of())).startsWith("400 table is missing");
    assertThat(refusal("table=a.b&table=a.c", Map.of())).isEqualTo("400 'table' is there twice");
    assertThat(refusal("table=a.b&wait=soon", Map.of())).startsWith("400 wait is not");
    assertThat(refusal("table=a.b&wait=5", STREAM)).startsWith("400 wait is for pages");
    assertThat(refusal("table=%ff.b", Map.of())).startsWith("400 the query is not UTF-8");
  }

  private static Parsed page(Duration patience) {
    return new Parsed.Accepted(
        new LiveRequest("a.b", "", List.of(), Optional.empty(), new Reading.Page(patience)));
  }

  private static Parsed request(String query, Map<String, List<String>> headers) {
    return LiveRequest.of(new HttpHead("GET", "/live?" + query, "HTTP/1.1", headers));
  }

  private static String refusal(String query, Map<String, List<String>> headers) {
    return request(query, headers) instanceof Parsed.Refused(var status, var text)
        ? status + " " + text
        : "accepted";
  }
}
