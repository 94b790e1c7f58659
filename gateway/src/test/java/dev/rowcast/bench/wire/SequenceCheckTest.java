package dev.rowcast.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.bench.wire.SequenceCheck.Range;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SequenceCheckTest {
  private final SequenceCheck check = new SequenceCheck();

  @Test
  void whatComesInOrderIsWhole() {
    take(0, 1, 2, 3);

    assertThat(check.missing(4)).isEmpty();
    assertThat(check.received()).isEqualTo(4);
    assertThat(check.duplicates()).isZero();
    assertThat(check.outOfOrder()).isZero();
  }

  @Test
  void everyMissingNumberIsNamed() {
    take(2, 3, 7);

    assertThat(check.missing(10))
        .containsExactly(new Range(0, 1), new Range(4, 6), new Range(8, 9));
    assertThat(check.missingCount(10)).isEqualTo(7);
  }

  @Test
  void aLateNumberClosesItsGapFromEitherEndOrTheMiddle() {
    take(9, 0, 8, 4);

    assertThat(check.outOfOrder()).isEqualTo(3);
    assertThat(check.missing(10)).containsExactly(new Range(1, 3), new Range(5, 7));
  }

  @Test
  void aNumberThatComesAgainIsADuplicateAndNotLate() {
    take(0, 1, 1, 0, 3, 2, 2);

    assertThat(check.duplicates()).isEqualTo(3);
    assertThat(check.outOfOrder()).isEqualTo(1);
    assertThat(check.missing(4)).isEmpty();
  }

  @Test
  void anyDisorderIsCountedExactly() {
    var random = new Random(7);
    for (int round = 0; round < 200; round++) {
      var numbers = new ArrayList<>(IntStream.range(0, 60).boxed().toList());
      Collections.shuffle(numbers, random);
      var sent = new ArrayList<>(numbers.subList(0, 45));
      sent.addAll(numbers.subList(0, 5));
      var check = new SequenceCheck();
      sent.forEach(check::take);

      var expected = new HashSet<>(numbers.subList(45, 60));
      var missing = new HashSet<Integer>();
      check
          .missing(60)
          .forEach(range -> {
            for (var n = range.first(); n <= range.last(); n++) {
              missing.add((int) n);
            }
          });
      assertThat(missing).isEqualTo(expected);
      assertThat(check.duplicates()).isEqualTo(5);
      assertThat(check.received()).isEqualTo(45);
      assertThat(check.missingCount(60)).isEqualTo(15);
    }
  }

  private void take(int... numbers) {
    for (var number : numbers) {
      check.take(number);
    }
    assertThat(List.of(check.received() + check.duplicates()))
        .containsExactly((long) numbers.length);
  }
}
