package dev.rowcast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import dev.rowcast.redis.RedisTarget.Sentinels;
import dev.rowcast.redis.RedisTarget.Tcp;
import dev.rowcast.redis.RedisTarget.Tls;
import dev.rowcast.redis.RedisTarget.Unix;
import dev.rowcast.redis.RedisTarget.Verify;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisTargetTest {

  @Test
  void plainUrl() {
    var target = parse("redis://db.example:6380/7");

    assertThat(target.place()).isEqualTo(new Tcp(new Endpoint("db.example", 6380)));
    assertThat(target.database()).isEqualTo(7);
    assertThat(target.tls()).isEmpty();
    assertThat(target.user()).isEmpty();
    assertThat(target.password()).isEmpty();
  }

  @Test
  void whatIsLeftOutIsUsual() {
    assertThat(parse("redis://localhost").place())
        .isEqualTo(new Tcp(new Endpoint("localhost", 6379)));
    assertThat(parse("redis://[::1]").place()).isEqualTo(new Tcp(new Endpoint("::1", 6379)));
    assertThat(parse("redis://localhost/").database()).isZero();
    assertThat(parse("redis://localhost?db=4").database()).isEqualTo(4);
  }

  @Test
  void credentialsAreDecodedAndStayOutOfTheText() {
    var target = parse("redis://us%20er:p%40s+s@localhost");

    assertThat(target.user()).contains("us er");
    assertThat(target.password()).contains(new Secret("p@s+s"));
    assertThat(target.toString()).isEqualTo("Redis at localhost:6379");
  }

  @Test
  void aPasswordWithoutUserAndASeparateOne() {
    assertThat(parse("redis://:secret@localhost").password()).contains(new Secret("secret"));
    assertThat(parse("redis://:secret@localhost").user()).isEmpty();
    assertThat(
            RedisTarget.parse(
                    new Secret("redis://:secret@localhost"), Optional.of(new Secret("other")))
                .password())
        .contains(new Secret("other"));
  }

  @Test
  void encrypted() {
    assertThat(parse("rediss://localhost").tls()).contains(new Tls(Verify.FULL, Optional.empty()));
    assertThat(parse("rediss://localhost?verify=ca&ca=/etc/ca.pem").tls())
        .contains(new Tls(Verify.CA, Optional.of(Path.of("/etc/ca.pem"))));
  }

  @Test
  void unixSocketAndSentinels() {
    var unix = parse("redis+unix://:pw@/run/redis.sock?db=2");
    assertThat(unix.place()).isEqualTo(new Unix(Path.of("/run/redis.sock")));
    assertThat(unix.database()).isEqualTo(2);
    assertThat(unix.password()).contains(new Secret("pw"));

    assertThat(parse("redis-sentinel://a,b:5000/1?master=m").place())
        .isEqualTo(new Sentinels(List.of(new Endpoint("a", 26379), new Endpoint("b", 5000)), "m"));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:6379, no scheme",
    "http://localhost, unknown scheme 'http'",
    "redis://, names no host",
    "redis://u:hidden@localhost:x, not readable",
    "redis://u:hidden@localhost/x, number of a database",
    "redis://localhost?timeout=1, unknown option 'timeout'",
    "rediss://localhost?verify=maybe, unknown verify",
    "redis+unix://, names no socket",
    "redis-sentinel://a/0, names no master",
    "redis-cluster://a, not supported yet"
  })
  void mistakesAreNamedWithoutSecrets(String url, String message) {
    assertThatThrownBy(() -> parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith("redis.url")
        .hasMessageNotContaining("hidden");
  }

  private static RedisTarget parse(String url) {
    return RedisTarget.parse(new Secret(url), Optional.empty());
  }
}
