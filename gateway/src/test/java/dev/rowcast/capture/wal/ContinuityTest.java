package dev.rowcast.capture.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ContinuityTest {
  private static final String HISTORY =
      "1\t0/5000000\tno recovery target specified\n\n2\t0/9000000\tno recovery target specified\n";
  private final Continuity continuity = new Continuity();

  @Test
  void nothingKnownSpeaksAgainstNothing() throws SQLException {
    assertThat(judged("e", server(7, "0/1"))).isEmpty();
  }

  @Test
  void theSameLogGoesOn() throws SQLException {
    delivered("0/4000000");

    assertThat(judged("e", server(1, "0/4000000"))).isEmpty();
  }

  @Test
  void aLogThatIsShorterThanWhatWasDeliveredWentBackInTime() throws SQLException {
    delivered("0/4000000");

    assertThat(judged("e", server(1, "0/3FFFFFF")))
        .hasValueSatisfying(why -> assertThat(why).contains("0/4000000", "0/3FFFFFF"));
  }

  @Test
  void aPromotedStandbyThatHadEverythingGoesOn() throws SQLException {
    delivered("0/5000000");

    assertThat(judged("e", server(2, "0/6000000"))).isEmpty();
    assertThat(judged("e", server(3, "0/A000000"))).isEmpty();
  }

  @Test
  void aPromotedStandbyThatLackedSomethingForks() throws SQLException {
    delivered("0/5000001");

    assertThat(judged("e", server(3, "0/A000000"))).isPresent();
  }

  @Test
  void anotherClusterAnOlderTimelineOrAnUnknownHistoryForks() throws SQLException {
    delivered("0/4000000");

    assertThat(judged("e", new Continuity.Server("other", 1, Lsn.parse("0/9000000")))).isPresent();
    assertThat(judged("e", server(0, "0/9000000"))).isPresent();
    assertThat(continuity.judge("e", server(2, "0/9000000"), _ -> "")).isPresent();
  }

  @Test
  void anotherEpochBeginsAnew() throws SQLException {
    delivered("0/4000000");

    assertThat(judged("f", server(1, "0/1"))).isEmpty();
    continuity.reads("f", server(1, "0/1"));
    assertThat(judged("f", server(1, "0/1"))).isEmpty();
  }

  private void delivered(String end) {
    continuity.reads("e", server(1, "0/1"));
    continuity.delivered(Lsn.parse(end));
    continuity.delivered(Lsn.NONE);
  }

  private Optional<String> judged(String epoch, Continuity.Server server) throws SQLException {
    return continuity.judge(epoch, server, _ -> HISTORY);
  }

  private static Continuity.Server server(int timeline, String flushed) {
    return new Continuity.Server("cluster", timeline, Lsn.parse(flushed));
  }
}
