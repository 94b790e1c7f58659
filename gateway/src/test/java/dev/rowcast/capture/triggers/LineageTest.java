package dev.rowcast.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.capture.triggers.Lineage.Verdict;
import org.junit.jupiter.api.Test;

final class LineageTest {
  private final Lineage lineage = new Lineage();

  @Test
  void theFirstBatchOfAProcessContinues() {
    assertThat(lineage.judge("n", 17)).isEqualTo(Verdict.CONTINUES);
  }

  @Test
  void aHigherNumberContinuesAndARepeatedUnconfirmedOneToo() {
    lineage.confirm("n", 17);

    assertThat(lineage.judge("n", 18)).isEqualTo(Verdict.CONTINUES);
    assertThat(lineage.judge("n", 18)).isEqualTo(Verdict.CONTINUES);
    assertThat(lineage.judge("n", 40)).isEqualTo(Verdict.CONTINUES);
  }

  @Test
  void aNumberConfirmedBeforeIsAFork() {
    lineage.confirm("n", 17);

    assertThat(lineage.judge("n", 17)).isEqualTo(Verdict.FORKED);
    assertThat(lineage.judge("n", 3)).isEqualTo(Verdict.FORKED);
  }

  @Test
  void anotherNonceIsAnotherHistoryWhateverTheNumber() {
    lineage.confirm("n", 17);

    assertThat(lineage.judge("m", 18)).isEqualTo(Verdict.REPLACED);
    lineage.confirm("m", 18);
    assertThat(lineage.judge("m", 19)).isEqualTo(Verdict.CONTINUES);
  }

  @Test
  void aRestartedLineageAcceptsWhatComes() {
    lineage.confirm("n", 17);

    lineage.restart();

    assertThat(lineage.judge("n", 3)).isEqualTo(Verdict.CONTINUES);
    assertThat(lineage.judge("m", 1)).isEqualTo(Verdict.CONTINUES);
  }
}
