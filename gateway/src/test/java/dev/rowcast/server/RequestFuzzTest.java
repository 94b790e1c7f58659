package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rowcast.auth.OriginRules;
import dev.rowcast.base.Network;
import dev.rowcast.protocol.FacilityRequest;
import dev.rowcast.protocol.HttpHead;
import dev.rowcast.protocol.Upgrade;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Any bytes are a request or none; what is read of one holds no control character, never gets out
 * of its header in an answer, and never makes a stranger of a proxy.
 */
final class RequestFuzzTest {
  private static final int MAX = 4096;
  private static final InetAddress PROXY = InetAddress.ofLiteral("10.0.0.1");

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreARequestOrNone(byte[] data) {
    var reader = new HeadReader(MAX);
    var input = Unpooled.wrappedBuffer(data);
    try {
      if (reader.add(input) == HeadReader.Progress.COMPLETE) {
        var head = reader.head();
        assertThat(head.length + input.readableBytes()).isEqualTo(data.length);
        if (HttpHead.parse(head, 50) instanceof HttpHead.Parsed.Read(var request)) {
          look(request);
        }
      }
    } finally {
      reader.release();
      input.release();
    }
  }

  private static void look(HttpHead request) {
    assertThat(request.target()).startsWith("/").doesNotContain(" ", "\r", "\n");
    var path = FacilityRequest.decode(request.path());
    if (path.isPresent()) {
      FacilityRequest.of(path.get(), request.query(), "/ws/")
          .ifPresent(asked -> {
            assertThat(asked.facility().length()).isLessThanOrEqualTo(FacilityRequest.MAX_FACILITY);
            assertThat(asked.facility().chars().anyMatch(Character::isISOControl)).isFalse();
          });
    }
    if (Upgrade.of(request, true) instanceof Upgrade.Accepted accepted) {
      var lines = new String(accepted.response(), ISO_8859_1).split("\r\n", -1);
      assertThat(lines.length - 2).isBetween(5, 7);
      assertThat(String.join("", lines)).doesNotContain("\r", "\n");
    }
    for (var header : ProxySettings.Header.values()) {
      var proxies = new ProxySettings(List.of(Network.parse("10.0.0.0/8")), header);
      var stranger = InetAddress.ofLiteral("203.0.113.1");
      assertThat(Origination.of(stranger, Optional.empty(), request, proxies).address())
          .isEqualTo(stranger);
      var origin = Origination.of(PROXY, Optional.empty(), request, proxies);
      new OriginRules(List.of("same", "https://a.example"))
          .allow(request.single("origin"), request.single("host"), origin.scheme());
    }
    request.contentLength();
  }
}
