package dev.rowcast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.bench.BenchSettings;
import dev.rowcast.bench.Mode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

final class BenchCommandTest {

  @Test
  void withoutFlagsItIsTheStressTestOfOld() {
    var settings = parse();

    assertThat(settings.mode()).isEqualTo(Mode.CONNECT);
    assertThat(settings.crowd().amount()).isEqualTo(10_000);
    assertThat(settings.crowd().processes()).isEqualTo(1);
    assertThat(settings.load().messages()).isEqualTo(1);
    assertThat(settings.target().host()).isEqualTo("localhost");
    assertThat(settings.target().port()).isEqualTo(8000);
    assertThat(settings.target().path()).isEqualTo("/ws/");
  }

  @Test
  void shortFlagsAndThorsLongOnesMeanTheSame() {
    assertThat(parse("-a", "20", "-n", "3", "-s", "ws://example.org:81/ws/"))
        .isEqualTo(parse("--amount", "20", "--messages", "3", "--server", "example.org:81"));
  }

  @Test
  void aServerMayBeAHostAPortOrAUrl() {
    assertThat(parse("-s", "ws://h/ws/").target().port()).isEqualTo(80);
    assertThat(parse("-s", "[::1]:9").target()).hasFieldOrPropertyWithValue("host", "::1");
    assertThat(parse("--mode", "fanout", "-s", "ws://h:1/sub/").target().path())
        .isEqualTo("/sub/{facility}?subscribe-broadcast");
    assertThat(parse("--mode", "fanout", "-s", "ws://h:1/sub/").publishing().path())
        .isEqualTo("/sub/{facility}?publish-broadcast");
    assertThat(parse("--mode", "idle", "-s", "ws://h:1/ws/rodan?subscribe-broadcast").target())
        .hasFieldOrPropertyWithValue("path", "/ws/rodan?subscribe-broadcast");
    assertThat(parse("--echo", "-s", "h:1").target().path()).isEqualTo("/");
  }

  @Test
  void eachModeNamesItsFacilities() {
    var fanout = parse("--mode", "fanout", "--topics", "3");
    var echo = parse("--mode", "echo");

    assertThat(fanout.target().fill(fanout.target().path(), 2, 17))
        .isEqualTo("/ws/bench-2?subscribe-broadcast");
    assertThat(echo.target().fill(echo.target().path(), 0, 17))
        .isEqualTo("/ws/bench-17?subscribe-broadcast&publish-broadcast&echo");
  }

  @Test
  void pastTheDescriptorLimitThereAreMoreProcesses() {
    assertThat(parse("-a", "19000").crowd().processes()).isEqualTo(1);
    assertThat(parse("-a", "19001").crowd().processes()).isEqualTo(2);
    assertThat(parse("-a", "100000").crowd().processes()).isEqualTo(6);
  }

  @Test
  void everythingElseReachesTheSettings() {
    var settings =
        parse(
            "--mode",
            "slow",
            "--slow-share",
            "0.25",
            "--rate",
            "12.5",
            "--size",
            "200",
            "--warmup",
            "4",
            "--hold",
            "1.5",
            "--header",
            "Origin: http://a",
            "--hello",
            "{id}",
            "--joined",
            "ok",
            "--answer",
            "2=3",
            "--subprotocol",
            "p",
            "--connect-rate",
            "50",
            "--connecting",
            "7",
            "--loops",
            "3",
            "--source",
            "127.0.0.9",
            "--pid",
            "1",
            "--publish",
            "http://p/{facility}",
            "--publish-body",
            "[{payload}]",
            "--publish-header",
            "X: y",
            "--publish-channel",
            "c",
            "--patience",
            "2");

    assertThat(settings.load())
        .isEqualTo(
            new BenchSettings.Load(
                1, 4, 1, 200, 12.5, 1, Duration.ofMillis(1500), Duration.ofMillis(500)));
    assertThat(settings.crowd())
        .isEqualTo(
            new BenchSettings.Crowd(
                10_000, 1, 3, 50, 7, List.of("127.0.0.9"), 0.25, Duration.ofSeconds(2)));
    assertThat(settings.publishing())
        .isEqualTo(
            new BenchSettings.Publishing(
                "http://p/{facility}",
                "c",
                "[{payload}]",
                List.of("X: y"),
                "/ws/{facility}?publish-broadcast",
                1));
    assertThat(settings.target().headers()).containsExactly("Origin: http://a");
    assertThat(settings.target().answers()).containsExactly("2=3");
    assertThat(settings.pid()).isEqualTo(1);
  }

  @Test
  void whatCannotBeIsRefusedByItsFlag() {
    assertThatThrownBy(() -> parse("-a", "0"))
        .isInstanceOf(ParameterException.class)
        .hasMessage("--amount is 0, must be at least 1");
    assertThatThrownBy(() -> parse("--mode", "loud")).hasMessageContaining("--mode is 'loud'");
    assertThatThrownBy(() -> parse("-s", "wss://h")).hasMessageContaining("TLS");
    assertThatThrownBy(() -> parse("-s", "h:x")).hasMessageContaining("'x' is no port");
    assertThatThrownBy(() -> parse("--size", "10")).hasMessageContaining("--size is 10");
    assertThatThrownBy(() -> parse("--mode", "commit", "--writers", "2"))
        .hasMessageContaining("--writers is 2, must be 1 but in mode commit with a --rate");
    assertThatThrownBy(() -> parse("--mode", "commit", "--writers", "0"))
        .hasMessageContaining("--writers is 0, must be at least 1");
    assertThatThrownBy(() -> parse("--protocol", "mqtt"))
        .hasMessageContaining("must be ws or live");
    assertThatThrownBy(() -> parse("--protocol", "live", "--mode", "commit"))
        .hasMessageContaining("--protocol live needs --table");
    assertThatThrownBy(() -> parse("--protocol", "live", "--table", "t", "--mode", "fanout"))
        .hasMessageContaining("idle, commit and storm, not with fanout");
    assertThatThrownBy(() -> parse("--publish", "amqp://h")).hasMessageContaining("--publish is");
    assertThatThrownBy(() -> parse("--slow-share", "1", "--mode", "slow"))
        .hasMessageContaining("--slow-share is 1.0");
  }

  @Test
  void liveClientsAskForRowsAndComeBackWithTheirPlace() {
    var live = List.of("--protocol", "live", "--table", "public.bench", "--topics", "3");
    var commit =
        parse(
            Stream.concat(
                    live.stream(), Stream.of("--mode", "commit", "--rate", "10", "--writers", "4"))
                .toArray(String[]::new));
    var storm =
        parse(Stream.concat(live.stream(), Stream.of("--mode", "storm")).toArray(String[]::new));

    assertThat(commit.target().fill(commit.target().path(), 2, 17))
        .isEqualTo("/live?table=public.bench&topic=eq.2");
    assertThat(commit.target().subprotocol()).isEqualTo("rowcast.v1");
    assertThat(commit.target().joined()).isEqualTo("\"type\":\"subscribed\"");
    assertThat(commit.target().isResumed()).isFalse();
    assertThat(commit.publishing().writers()).isEqualTo(4);
    assertThat(storm.target().resume()).isEqualTo("&since={position}");
  }

  private static BenchSettings parse(String... words) {
    var command = new BenchCommand();
    new CommandLine(command).parseArgs(words);
    return command.settings();
  }
}
