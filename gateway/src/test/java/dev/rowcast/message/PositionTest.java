package dev.rowcast.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class PositionTest {

  @Test
  void whatIsWrittenIsReadAgainUnsigned() {
    var position = new Position("0f3a", -1, Long.MIN_VALUE);

    assertThat(position).hasToString("0f3a.18446744073709551615-9223372036854775808");
    assertThat(Position.parse(position.toString())).contains(position);
  }

  @Test
  void anythingElseIsNoPosition() {
    assertThat(Position.parse("")).isEmpty();
    assertThat(Position.parse("0f3a.1")).isEmpty();
    assertThat(Position.parse("0f3a.1-2-3")).isEmpty();
    assertThat(Position.parse("0f3a.1-99999999999999999999")).isEmpty();
    assertThat(Position.parse("snapshot")).isEmpty();
    assertThat(Position.parse("a\nb.1-2")).isEmpty();
  }

  @Test
  void orderIsUnsignedAndOnlyWithinAnEpoch() {
    assertThat(new Position("e", 1, -1)).isLessThan(new Position("e", 2, 0));
    assertThat(new Position("e", -1, 0)).isGreaterThan(new Position("e", 2, 0));
    assertThatThrownBy(() -> new Position("e", 1, 1).compareTo(new Position("f", 1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
