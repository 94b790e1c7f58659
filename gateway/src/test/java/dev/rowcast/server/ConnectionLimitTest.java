package dev.rowcast.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Glob;
import dev.rowcast.testing.FakeTicker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnectionLimitTest {
  private static final int PLENTY = 1_000_000;

  private final FakeTicker ticker = new FakeTicker();

  private ConnectionLimit limit(int connections, int perAddress, int handshakes) {
    return new ConnectionLimit(
        new LimitSettings(
            connections,
            perAddress,
            2,
            handshakes,
            List.of(new FacilityLimit(List.of(new Glob("job-*")), 1)),
            RequestLimits.DEFAULTS),
        PLENTY,
        ticker);
  }

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void oneAddressHasItsOwnLimit() throws Exception {
    var limit = limit(10, 2, 0);

    var first = limit.enter(address("192.0.2.1")).orElseThrow();
    assertThat(limit.enter(address("192.0.2.1"))).isPresent();
    assertThat(limit.enter(address("192.0.2.1"))).isEmpty();
    assertThat(limit.enter(address("192.0.2.2"))).isPresent();
    assertThat(limit.connections()).isEqualTo(3);

    first.leave();
    first.leave();
    assertThat(limit.connections()).isEqualTo(2);
    assertThat(limit.enter(address("192.0.2.1"))).isPresent();
  }

  @Test
  void anIpv6NetworkCountsAsOneAddress() throws Exception {
    var limit = limit(10, 2, 0);

    assertThat(limit.enter(address("2001:db8:0:1::1"))).isPresent();
    assertThat(limit.enter(address("2001:db8:0:1:ffff::2"))).isPresent();
    assertThat(limit.enter(address("2001:db8:0:1::3"))).isEmpty();
    assertThat(limit.enter(address("2001:db8:0:2::1"))).isPresent();
  }

  @Test
  void loopbackIsBoundedOnlyInAll() throws Exception {
    var limit = limit(3, 1, 1);

    for (int i = 0; i < 3; i++) {
      assertThat(limit.mayKnock(address("127.0.0.1"))).isTrue();
      assertThat(limit.enter(address("127.0.0.1"))).isPresent();
    }
    assertThat(limit.enter(address("::1"))).isEmpty();
  }

  @Test
  void whoComesTooOftenIsRefusedForAWhile() throws Exception {
    var limit = limit(10, 10, 2);
    var eager = address("192.0.2.1");

    for (int i = 0; i < 20; i++) {
      assertThat(limit.mayKnock(eager)).isTrue();
    }
    assertThat(limit.mayKnock(eager)).isFalse();
    assertThat(limit.mayKnock(address("192.0.2.2"))).isTrue();

    ticker.advance(Duration.ofSeconds(2));
    assertThat(limit.mayKnock(eager)).isTrue();
  }

  @Test
  void whatWasCountedForAUserAndAFacilityIsGivenBack() throws Exception {
    var limit = limit(10, 10, 0);
    var one = limit.enter(address("192.0.2.1")).orElseThrow();
    var two = limit.enter(address("192.0.2.1")).orElseThrow();
    var three = limit.enter(address("192.0.2.1")).orElseThrow();

    assertThat(one.belongsTo("ann")).isTrue();
    assertThat(two.belongsTo("ann")).isTrue();
    assertThat(three.belongsTo("ann")).isFalse();
    assertThat(one.listensTo("job-1")).isTrue();
    assertThat(two.listensTo("job-1")).isTrue();
    assertThat(three.listensTo("job-2")).isFalse();
    assertThat(limit.facilities()).isEqualTo(1);

    one.leave();
    two.leave();
    assertThat(limit.facilities()).isZero();
    assertThat(three.belongsTo("ann")).isTrue();
    assertThat(three.listensTo("job-2")).isTrue();
  }

  @Test
  void theLimitInAllStaysBelowTheDescriptors() {
    var few = new ConnectionLimit(LimitSettings.DEFAULTS, 900, ticker);

    assertThat(few.most()).isBetween(700, 850);
    for (int i = 0; i < 900; i++) {
      few.arrive();
      assertThat(few.hasRoom()).isTrue();
    }
    few.arrive();
    assertThat(few.hasRoom()).isFalse();
    assertThat(few.isCrowded()).isFalse();
    for (int i = 0; i < 16; i++) {
      few.arrive();
    }
    assertThat(few.isCrowded()).isTrue();
    few.depart();
    assertThat(few.isCrowded()).isFalse();
    assertThat(limit(18_000, 1, 0).most()).isEqualTo(18_000);
  }
}
