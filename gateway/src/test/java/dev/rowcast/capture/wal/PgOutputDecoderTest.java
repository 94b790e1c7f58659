package dev.rowcast.capture.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.capture.CaptureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Against what PostgreSQL 15 sent for one transaction (pgoutput.hex, a message a line). */
final class PgOutputDecoderTest {
  private final List<byte[]> messages = captured();

  @Test
  void aTransactionHasABeginningAndAnEnd() {
    var begin = (WalMessage.Begin) decoded(0);
    var commit = (WalMessage.Commit) decoded(messages.size() - 1);

    assertThat(Lsn.text(begin.commitLsn())).isEqualTo("0/1537820");
    assertThat(begin.xid()).isEqualTo(731);
    assertThat(begin.at()).isBetween("2020-01-01T00:00:00Z", "2040-01-01T00:00:00Z");
    assertThat(commit.commitLsn()).isEqualTo(begin.commitLsn());
    assertThat(Lsn.isAfter(commit.endLsn(), commit.commitLsn())).isTrue();
  }

  @Test
  void aRelationNamesItsColumnsAndWhatIdentifiesARow() {
    assertThat(decoded(1))
        .isEqualTo(
            new WalMessage.Relation(
                16384,
                "public",
                "t",
                'd',
                List.of(
                    new WalMessage.Column(true, "id", 23),
                    new WalMessage.Column(false, "name", 25),
                    new WalMessage.Column(false, "body", 25),
                    new WalMessage.Column(false, "ok", 16))));
    assertThat(((WalMessage.Relation) decoded(7)).identity()).isEqualTo('f');
  }

  @Test
  void rowsHaveTextsNullsAndLargeValuesThatWereNotSent() {
    var inserted = ((WalMessage.Insert) decoded(2)).row();
    var second = ((WalMessage.Insert) decoded(3)).row();
    var updated = (WalMessage.Update) decoded(4);

    assertThat(inserted.text(1)).isEqualTo("a \"ü\"");
    assertThat(inserted.text(2)).isEqualTo("x".repeat(3000));
    assertThat(second.text(1)).isNull();
    assertThat(second.isUnchanged(1)).isFalse();
    assertThat(updated.old()).isEmpty();
    assertThat(updated.row().text(1)).isEqualTo("b");
    assertThat(updated.row().isUnchanged(2)).isTrue();
  }

  @Test
  void anUpdateThatChangesTheKeyCarriesTheOldOne() {
    var moved = (WalMessage.Update) decoded(5);
    var whole = (WalMessage.Update) decoded(9);

    assertThat(moved.old().orElseThrow().text(0)).isEqualTo("2");
    assertThat(moved.row().text(0)).isEqualTo("3");
    assertThat(whole.old().orElseThrow().text(1)).isEqualTo("x");
  }

  @Test
  void deletesTruncatesAndMessagesAreRead() {
    assertThat(((WalMessage.Delete) decoded(6)).old().text(0)).isEqualTo("3");
    assertThat(decoded(11)).isEqualTo(new WalMessage.Note());
    assertThat(decoded(14))
        .isEqualTo(new WalMessage.Logical(true, "rowcast.publish", "4 jobs{\"a\": 1}"));
    assertThat(decoded(17)).isEqualTo(new WalMessage.Truncate(List.of(16384, 16391)));
  }

  @Test
  void aMessageCutShortIsAProtocolError() {
    for (var message : messages) {
      for (int length = 0; length < Math.min(message.length, 200); length++) {
        var cut = ByteBuffer.wrap(message, 0, length);
        assertThatThrownBy(() -> PgOutputDecoder.decode(cut)).isInstanceOf(CaptureException.class);
      }
    }
  }

  @Test
  void anyBytesGiveAMessageOrAProtocolError() {
    var random = new SplittableRandom(7);
    var decoded = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] soup;
      if (random.nextBoolean()) {
        soup = new byte[random.nextInt(60)];
        random.nextBytes(soup);
        if (soup.length > 0) {
          soup[0] = (byte) "BCRIUDTMOY".charAt(random.nextInt(10));
        }
      } else {
        soup = messages.get(random.nextInt(messages.size())).clone();
        soup[random.nextInt(soup.length)] = (byte) random.nextInt();
      }
      try {
        PgOutputDecoder.decode(ByteBuffer.wrap(soup));
        decoded++;
      } catch (CaptureException malformed) {
        assertThat(malformed.retryable()).isFalse();
      }
    }
    assertThat(decoded).isBetween(1_000, 199_000);
  }

  private WalMessage decoded(int message) {
    return PgOutputDecoder.decode(ByteBuffer.wrap(messages.get(message)));
  }

  private static List<byte[]> captured() {
    try (var lines = PgOutputDecoderTest.class.getResourceAsStream("pgoutput.hex")) {
      return new String(Objects.requireNonNull(lines).readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(HexFormat.of()::parseHex)
          .toList();
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }
}
