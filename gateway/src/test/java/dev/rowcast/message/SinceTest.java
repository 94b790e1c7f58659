package dev.rowcast.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SinceTest {
  private static final TransactionSnapshot SNAPSHOT =
      new TransactionSnapshot(795, 799, Set.of(795L, 797L));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshot",
        "3f2a.58-0",
        "3f2a.58-0~795:799:795,797~60",
        "3f2a.58-0~795:795:~18446744073709551615",
        "0b2f7e4c-9c1d-4d57-8a55-4c7c1ef35e0a/58-18446744073709551615~795:799:795,797",
      })
  void everyTextIsReadAsItIsWritten(String text) {
    assertThat(Since.parse(text).map(Object::toString)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "3f2a.58",
        "3f2a.58-0~",
        "3f2a.58-0~795:799",
        "a/b-c~1:2:",
        "a/1-1",
        "a/1-1~1:2:3,",
        "3f2a.58-0~795:799:~99999999999999999999",
        "a/1-1~99999999999999999999:1:",
      })
  void whatIsNoneIsRefused(String text) {
    assertThat(Since.parse(text)).isEqualTo(Optional.empty());
  }

  @Test
  void aSnapshotSeesWhatWasOverAndNothingElse() {
    assertThat(SNAPSHOT.sees(794)).isTrue();
    assertThat(SNAPSHOT.sees(795)).isFalse();
    assertThat(SNAPSHOT.sees(796)).isTrue();
    assertThat(SNAPSHOT.sees(797)).isFalse();
    assertThat(SNAPSHOT.sees(799)).isFalse();
  }

  @Test
  void whatWasSeenMattersUntilItHasPassed() {
    var seen = new Seen(SNAPSHOT, 60);

    assertThat(seen.has(new Position("e", 60, 9), 794)).isTrue();
    assertThat(seen.has(new Position("e", 61, 0), 794)).isFalse();
    assertThat(seen.has(new Position("e", 60, 9), 797)).isFalse();
    assertThat(seen.isPast(new Position("e", 61, 0))).isTrue();
    assertThat(new Seen(SNAPSHOT, -1).isPast(new Position("e", Long.MAX_VALUE, 0))).isFalse();
  }
}
