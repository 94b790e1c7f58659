package dev.rowcast.rows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rowcast.base.DataSize;
import dev.rowcast.message.Since;
import dev.rowcast.testing.NamelessFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that wait for a reader: in memory, in a file, and where there is no room for them. */
final class SnapshotTest {
  private static final Since.Rendered MOMENT =
      (Since.Rendered) Since.parse("l/0-1~3:6:3").orElseThrow();
  private static final DataSize MOST = DataSize.ofMebibytes(64);

  @TempDir private Path folder;

  /** About a third of a piece. */
  private static String row(int id) {
    return "{\"id\":" + id + ",\"note\":\"" + "ä".repeat(10_000) + "\"}";
  }

  private static Snapshot filled(SnapshotStore store, int rows) {
    var snapshot = new Snapshot(MOMENT, store, MOST);
    for (var id = 0; id < rows; id++) {
      assertThat(snapshot.add(row(id))).isTrue();
    }
    snapshot.end();
    return snapshot;
  }

  private static List<String> pieces(Snapshot snapshot) {
    var pieces = new ArrayList<String>();
    for (var piece = snapshot.next(); piece.isPresent(); piece = snapshot.next()) {
      pieces.add(new String(piece.get(), UTF_8));
    }
    return pieces;
  }

  private long spilled() throws IOException {
    return NamelessFiles.count(folder, "rowcast-snapshot");
  }

  private SnapshotStore store(int memory) {
    return new SnapshotStore(new DataSize(memory), SnapshotStore.nameless(folder));
  }

  @Test
  void whatDoesNotFitIntoMemoryGoesToAFileAndComesInItsOrder() throws IOException {
    var store = store(100_000);
    try (var snapshot = filled(store, 100)) {
      assertThat(store.used()).isBetween(1L, 100_000L);
      assertThat(spilled()).isEqualTo(1);
      try (var named = Files.list(folder)) {
        assertThat(named).isEmpty();
      }

      var pieces = pieces(snapshot);

      assertThat(pieces).hasSize(34).allMatch(piece -> piece.length() <= Snapshot.PIECE);
      var whole = new StringBuilder();
      for (var piece : pieces) {
        assertThat(piece).startsWith("[").endsWith("]");
        whole.append(piece, 1, piece.length() - 1).append(',');
      }
      var expected = new StringBuilder();
      for (var id = 0; id < 100; id++) {
        expected.append(row(id)).append(',');
      }
      assertThat(whole.toString().equals(expected.toString())).isTrue();
      assertThat(store.used()).isZero();
    }
    assertThat(spilled()).isZero();
  }

  @Test
  void oneReaderKeepsFourPiecesInMemoryAtMostAndGivesThemBack() throws IOException {
    var store = store(1 << 30);
    var snapshot = filled(store, 100);
    assertThat(store.used()).isBetween(3L * Snapshot.PIECE, 4L * Snapshot.PIECE);
    snapshot.next();

    snapshot.close();

    assertThat(store.used()).isZero();
    assertThat(spilled()).isZero();
  }

  @Test
  void aRowLargerThanAPieceIsOneByItself() {
    var store = store(1 << 30);
    try (var snapshot = new Snapshot(MOMENT, store, MOST)) {
      snapshot.add("{\"id\":1}");
      snapshot.add("{\"note\":\"" + "x".repeat(2 * Snapshot.PIECE) + "\"}");
      snapshot.add("{\"id\":3}");
      snapshot.end();

      assertThat(pieces(snapshot)).hasSize(3).first().isEqualTo("[{\"id\":1}]");
    }
  }

  @Test
  void moreThanOneReaderMayHaveIsNotTaken() {
    try (var snapshot = new Snapshot(MOMENT, store(1 << 20), new DataSize(50_000))) {
      assertThat(snapshot.add(row(1))).isTrue();
      assertThat(snapshot.add(row(2))).isTrue();
      assertThat(snapshot.add(row(3))).isFalse();
    }
  }

  @Test
  void noRowsAreNoPiece() {
    try (var snapshot = filled(store(0), 0)) {
      assertThat(snapshot.next()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aFullDiskIsSaidSo() {
    var store =
        new SnapshotStore(
            new DataSize(0),
            () ->
                FileChannel.open(
                    Path.of("/dev/full"), StandardOpenOption.READ, StandardOpenOption.WRITE));

    assertThatExceptionOfType(RowsException.class)
        .isThrownBy(() -> filled(store, 10))
        .matches(RowsException::retryable)
        .withMessageContaining("the rows cannot be kept in a file for their reader")
        .withMessageContaining("No space left on device");
  }

  @Test
  void aFolderThatTakesNoFileIsNamed() {
    var store =
        new SnapshotStore(new DataSize(0), SnapshotStore.nameless(folder.resolve("nothing")));

    assertThatExceptionOfType(RowsException.class)
        .isThrownBy(() -> filled(store, 10))
        .withMessageContaining("the rows cannot be kept in a file for their reader")
        .withMessageContaining("NoSuchFileException")
        .withMessageContaining(folder.resolve("nothing").toString());
  }
}
