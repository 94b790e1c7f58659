package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Network;
import dev.rowcast.protocol.HttpHead;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies at 10.0.0.0/8 and 2001:db8::/32; a client is where the last of them saw it. */
final class OriginationTest {
  private static final List<Network> OURS =
      List.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32"));

  private static Origination of(String peer, ProxySettings.Header header, String... lines) {
    var text = "GET / HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
    return switch (HttpHead.parse(text.getBytes(ISO_8859_1), 100)) {
      case HttpHead.Parsed.Read(var head) ->
          Origination.of(
              InetAddress.ofLiteral(peer), Optional.empty(), head, new ProxySettings(OURS, header));
      case HttpHead.Parsed.Malformed malformed -> throw new AssertionError(malformed.toString());
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.1 | 203.0.113.9 | 203.0.113.9",
        "10.0.0.1 | 1.1.1.1, 203.0.113.9 | 203.0.113.9",
        "10.0.0.1 | 1.1.1.1, 203.0.113.9, 10.2.2.2 | 203.0.113.9",
        "10.0.0.1 | 10.3.3.3, 10.2.2.2 | 10.3.3.3",
        "10.0.0.1 | 203.0.113.9:4711 | 203.0.113.9",
        "10.0.0.1 | [2001:470::9]:80 | 2001:470:0:0:0:0:0:9",
        "2001:db8::1 | 2001:470::9 | 2001:470:0:0:0:0:0:9",
        "10.0.0.1 | 203.0.113.9, unknown | 10.0.0.1",
        "10.0.0.1 | 203.0.113.9, unknown, 10.2.2.2 | 10.2.2.2",
        "10.0.0.1 | 203.0.113.9, evil.example | 10.0.0.1",
        "10.0.0.1 | fe80::1%lo | 10.0.0.1",
        "10.0.0.1 | ,, | 10.0.0.1",
        "203.0.113.1 | 198.51.100.1 | 203.0.113.1",
        "203.0.113.1 | 10.0.0.1 | 203.0.113.1",
      })
  void theRightMostStrangerIsTheClient(String peer, String header, String client) {
    assertThat(
            of(peer, ProxySettings.Header.X_FORWARDED_FOR, "X-Forwarded-For: " + header)
                .address()
                .getHostAddress())
        .isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "for=203.0.113.9;proto=https | 203.0.113.9 | https",
        "For=\"[2001:470::9]:4711\" ; Proto=http | 2001:470:0:0:0:0:0:9 | http",
        "for=1.1.1.1, for=203.0.113.9;by=10.0.0.1;proto=https, for=10.2.2.2 | 203.0.113.9 | https",
        "for=\"a,b;for=9.9.9.9\", for=203.0.113.9 | 203.0.113.9 | ~~",
        "for=_hidden | 10.0.0.1 | ~~",
        "proto=https | 10.0.0.1 | ~~",
        "for=203.0.113.9;proto=gopher | 203.0.113.9 | ~~",
      })
  void forwardedIsReadAsRfc7239Says(String header, String client, String scheme) {
    var origin = of("10.0.0.1", ProxySettings.Header.FORWARDED, "Forwarded: " + header);

    assertThat(origin.address().getHostAddress()).isEqualTo(client);
    assertThat(origin.scheme().orElse("")).isEqualTo(scheme);
  }

  @Test
  void onlyTheConfiguredHeaderCounts() {
    assertThat(
            of(
                    "10.0.0.1",
                    ProxySettings.Header.X_FORWARDED_FOR,
                    "Forwarded: for=1.1.1.1",
                    "X-Forwarded-For: 203.0.113.9",
                    "X-Forwarded-Proto: http, https")
                .toString())
        .contains("203.0.113.9")
        .contains("[https]");
    assertThat(
            of("10.0.0.1", ProxySettings.Header.FORWARDED, "X-Forwarded-For: 203.0.113.9")
                .address())
        .isEqualTo(InetAddress.ofLiteral("10.0.0.1"));
  }

  @Test
  void linesOfOneHeaderAreOneList() {
    assertThat(
            of(
                    "10.0.0.1",
                    ProxySettings.Header.X_FORWARDED_FOR,
                    "X-Forwarded-For: 1.1.1.1",
                    "X-Forwarded-For: 203.0.113.9",
                    "X-Forwarded-For: 10.9.9.9")
                .address())
        .isEqualTo(InetAddress.ofLiteral("203.0.113.9"));
  }
}
