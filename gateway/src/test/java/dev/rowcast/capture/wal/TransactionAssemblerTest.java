package dev.rowcast.capture.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.base.DataSize;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TransactionAssemblerTest {
  private static final Instant AT = Instant.ofEpochSecond(1_800_000_000);
  private static final TableName T = new TableName("public", "t");
  private static final List<String> ID = List.of("id");
  private static final int NUMBER = 23;
  private static final int TEXT = 25;

  private final Sources sources = new Sources();
  private final TransactionAssembler assembler =
      new TransactionAssembler(
          sources,
          new ValueWriter((_, _) -> null),
          DataSize.parse("100B"),
          new WideXid((5L << 32) + 100),
          "secret");

  @Test
  void aTransactionHasItsPlaceItsWideIdAndItsTime() {
    begin(0x500, 99);
    relation('d');
    var part = commit(new WalMessage.Insert(1, Tuple.of("7", "a", "b")));

    assertThat(part.transaction().xid()).isEqualTo(Long.toString((5L << 32) + 99));
    assertThat(part.transaction().at()).isEqualTo(AT);
    assertThat(part.transaction().major()).isEqualTo(0x500);
    assertThat(part.transaction().firstMinor()).isZero();
    assertThat(part.endLsn()).isEqualTo(0x510);
    assertThat(part.transaction().changes())
        .containsExactly(
            new RowChange.Inserted(
                T, ID, new Row("{\"b\": \"b\", \"id\": 7, \"name\": \"a\"}"), false));
  }

  @Test
  void updatesListWhatWasNotSentAndCarryAnOldKey() {
    begin(0x500, 99);
    relation('d');
    var large = new Tuple(new String[] {"8", "a", null}, new boolean[] {false, false, true});
    assembler.add(new WalMessage.Update(1, Optional.of(Tuple.of("7", null, null)), large));
    var same = new WalMessage.Update(1, Optional.of(Tuple.of("8", null, null)), large);
    var part = commit(same);

    assertThat(part.transaction().changes())
        .containsExactly(
            new RowChange.Updated(
                T,
                ID,
                Optional.of(new Row("{\"id\": 7}")),
                new Row("{\"id\": 8, \"name\": \"a\"}"),
                List.of("b"),
                false),
            new RowChange.Updated(
                T,
                ID,
                Optional.empty(),
                new Row("{\"id\": 8, \"name\": \"a\"}"),
                List.of("b"),
                false));
  }

  @Test
  void theWholeOldRowFillsInWhatWasNotSent() {
    begin(0x500, 99);
    relation('f');
    var large = new Tuple(new String[] {"7", "new", null}, new boolean[] {false, false, true});
    var part = commit(new WalMessage.Update(1, Optional.of(Tuple.of("7", "old", "large")), large));

    assertThat(part.transaction().changes())
        .containsExactly(
            new RowChange.Updated(
                T,
                ID,
                Optional.of(new Row("{\"b\": \"large\", \"id\": 7, \"name\": \"old\"}")),
                new Row("{\"b\": \"large\", \"id\": 7, \"name\": \"new\"}"),
                false));
  }

  @Test
  void deletesHaveWhatIdentifiedTheRow() {
    begin(0x500, 99);
    relation('d');
    var part = commit(new WalMessage.Delete(1, Tuple.of("7", null, null)));

    assertThat(part.transaction().changes())
        .containsExactly(new RowChange.Deleted(T, ID, new Row("{\"id\": 7}"), false));
  }

  @Test
  void aRowAboveTheLimitKeepsItsKey() {
    begin(0x500, 99);
    relation('d');
    var part = commit(new WalMessage.Insert(1, Tuple.of("7", "ü".repeat(45), null)));

    assertThat(part.transaction().changes())
        .containsExactly(new RowChange.Inserted(T, ID, new Row("{\"id\": 7}"), true));
  }

  @Test
  void aLargeTransactionComesInPartsWhoseChangesKeepTheirPlaces() {
    begin(0x500, 99);
    relation('d');
    var parts = new ArrayList<TransactionPart>();
    for (int i = 0; i < 2 * TransactionAssembler.PART_CHANGES + 1; i++) {
      var part = assembler.add(new WalMessage.Insert(1, Tuple.of("" + i, null, null)));
      if (part != null) {
        parts.add(part);
      }
    }
    parts.add(Objects.requireNonNull(assembler.add(new WalMessage.Commit(0x500, 0x510))));

    assertThat(parts)
        .extracting(part -> part.transaction().firstMinor())
        .containsExactly(0L, 2000L, 4000L);
    assertThat(parts)
        .extracting(TransactionPart::endLsn)
        .containsExactly(Lsn.NONE, Lsn.NONE, 0x510L);
    assertThat(parts).allMatch(part -> part.transaction().major() == 0x500);
    assertThat(parts.getLast().transaction().changes()).hasSize(1);
  }

  @Test
  void onlyGenuineMessagesArePublished() {
    begin(0x500, 99);
    assembler.add(new WalMessage.Logical(true, "rowcast.publish:guess", "1 a{}"));
    assembler.add(new WalMessage.Logical(false, "rowcast.publish:secret", "1 b{}"));
    assembler.add(new WalMessage.Logical(true, "somebody", "else's"));
    var part = commit(new WalMessage.Logical(true, "rowcast.publish:secret", "3 a 😀{\"n\": 1}"));

    assertThat(part.transaction().changes())
        .containsExactly(new RowChange.Published("a 😀", "{\"n\": 1}"));
  }

  @Test
  void tablesNotCapturedSayNothingUntilTheirSourceChanges() {
    sources.tables.clear();
    begin(0x500, 99);
    relation('d');
    assembler.add(new WalMessage.Insert(1, Tuple.of("1", null, null)));
    sources.tables.put(T, new SourceTable(ID, List.of("id")));
    assembler.add(new WalMessage.Insert(1, Tuple.of("2", null, null)));
    assembler.add(new WalMessage.Logical(true, "rowcast.sources", ""));
    var part = commit(new WalMessage.Insert(1, Tuple.of("3", "n", null)));

    assertThat(part.transaction().changes())
        .containsExactly(new RowChange.Inserted(T, ID, new Row("{\"id\": 3}"), false));
  }

  @Test
  void anOrderThatCannotBeIsRefused() {
    assertThatThrownBy(() -> assembler.add(new WalMessage.Commit(1, 2)))
        .isInstanceOf(CaptureException.class);
    begin(0x500, 99);
    assertThatThrownBy(() -> begin(0x600, 100)).isInstanceOf(CaptureException.class);
    assertThatThrownBy(() -> assembler.add(new WalMessage.Delete(9, Tuple.of("1"))))
        .isInstanceOf(CaptureException.class);
  }

  private void begin(long commitLsn, int xid) {
    assembler.add(new WalMessage.Begin(commitLsn, AT, xid));
  }

  private void relation(char identity) {
    assembler.add(
        new WalMessage.Relation(
            1,
            "public",
            "t",
            identity,
            List.of(
                new WalMessage.Column(true, "id", NUMBER),
                new WalMessage.Column(identity == 'f', "name", TEXT),
                new WalMessage.Column(identity == 'f', "b", TEXT))));
  }

  private TransactionPart commit(WalMessage last) {
    assembler.add(last);
    return Objects.requireNonNull(assembler.add(new WalMessage.Commit(0x500, 0x510)));
  }

  /** What the catalogue would say. */
  private static final class Sources implements Facts {
    private final Map<TableName, SourceTable> tables =
        new HashMap<>(Map.of(T, new SourceTable(ID, List.of())));

    @Override
    public Optional<SourceTable> source(TableName table) {
      return Optional.ofNullable(tables.get(table));
    }

    @Override
    public Map<Integer, JsonType> types(Collection<Integer> oids) {
      return Map.of(NUMBER, JsonType.NUMBER, TEXT, JsonType.TEXT);
    }

    @Override
    public void sourcesChanged() {}
  }
}
