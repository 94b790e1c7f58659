package dev.rowcast.capture.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HandoverTest {
  private static final Duration NOT_AT_ALL = Duration.ZERO;
  private final Handover handover = new Handover(100, 3);

  @Test
  void whatWaitsIsTakenAtOnceUpToABatch() throws Exception {
    handover.offer(part(2, 10, 20), NOT_AT_ALL);
    handover.offer(part(2, 10, 40), NOT_AT_ALL);
    handover.offer(part(1, 10, 60), NOT_AT_ALL);

    assertThat(handover.take(NOT_AT_ALL))
        .extracting(TransactionPart::endLsn)
        .containsExactly(20L, 40L);
    assertThat(handover.take(NOT_AT_ALL)).extracting(TransactionPart::endLsn).containsExactly(60L);
    assertThat(handover.take(NOT_AT_ALL)).isEmpty();
  }

  @Test
  void aFullQueueTakesNothingMoreAndALargePartGoesAlone() throws Exception {
    assertThat(handover.offer(part(1, 500, 20), NOT_AT_ALL)).isTrue();
    assertThat(handover.offer(part(1, 1, 40), NOT_AT_ALL)).isFalse();

    handover.take(NOT_AT_ALL);

    assertThat(handover.offer(part(1, 1, 40), NOT_AT_ALL)).isTrue();
  }

  @Test
  void onlyWhatIsDeliveredTogetherWithAllBeforeItIsConfirmed() throws Exception {
    handover.offer(part(3, 10, 20), NOT_AT_ALL);
    handover.offer(part(1, 10, Lsn.NONE), NOT_AT_ALL);
    handover.offer(part(1, 10, 60), NOT_AT_ALL);
    var first = handover.take(NOT_AT_ALL);

    assertThat(handover.confirmed()).isEqualTo(Lsn.NONE);
    handover.confirm(first);
    assertThat(handover.confirmed()).isEqualTo(20);
    handover.confirm(handover.take(NOT_AT_ALL));
    assertThat(handover.confirmed()).isEqualTo(60);
  }

  @Test
  void whereNothingWasForUsIsToldOnceNothingIsOnItsWayAndConfirmedBySomebodyElse()
      throws Exception {
    handover.offer(part(1, 10, 20), NOT_AT_ALL);
    handover.pass(99);
    var only = handover.take(NOT_AT_ALL);

    assertThat(handover.passed()).isEqualTo(Lsn.NONE);
    handover.confirm(only);
    assertThat(handover.passed()).isEqualTo(99);
    assertThat(handover.confirmed()).isEqualTo(20);
    handover.confirm(99);
    assertThat(handover.confirmed()).isEqualTo(99);
  }

  @Test
  void theReadersFailureIsTheTakersAndWhatWaitedIsDropped() throws Exception {
    handover.offer(part(1, 10, 20), NOT_AT_ALL);
    handover.fail(new SQLException("gone"));

    assertThatThrownBy(() -> handover.take(NOT_AT_ALL)).hasMessage("gone");
    assertThatThrownBy(() -> handover.pause(Duration.ofHours(1))).hasMessage("gone");
  }

  @Test
  void anEndFreesWhoWaits() throws Exception {
    handover.end();

    assertThat(handover.take(Duration.ofHours(1))).isEmpty();
    handover.pause(Duration.ofHours(1));
  }

  private static TransactionPart part(int changes, long size, long endLsn) {
    var change = new RowChange.Truncated(new TableName("public", "t"));
    return new TransactionPart(
        new CommittedTransaction(
            "1", Instant.EPOCH, endLsn, 0, List.copyOf(Collections.nCopies(changes, change))),
        size,
        endLsn);
  }
}
