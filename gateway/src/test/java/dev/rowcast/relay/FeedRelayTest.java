package dev.rowcast.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.base.Ticker;
import dev.rowcast.capture.BatchHandler;
import dev.rowcast.change.CapturedBatch;
import dev.rowcast.change.CommittedTransaction;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedReader;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.feed.FeedTail;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Metrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FeedRelayTest {
  private final FeedMeters meters = new FeedMeters(new Metrics());
  private final LocalFeed feed =
      new LocalFeed(FeedSettings.DEFAULTS, meters, Ticker.SYSTEM, ThreadLocalRandom.current());
  private final FeedReader reader = new FeedReader(new Position("none", 0, 0));
  private final List<CapturedBatch> beside = new ArrayList<>();
  private final FeedRelay relay = relay(beside::add);

  @BeforeEach
  void start() {
    feed.start(reader);
  }

  @Test
  void eachChangeStandsAtItsPlaceAndGoesBesideToo() throws Exception {
    relay.handle(batch("e", 5, insert(1), insert(2)));
    relay.handle(batch("e", 6, insert(3)));

    assertThat(places()).containsExactly("5-0", "5-1", "6-0");
    assertThat(beside).extracting(CapturedBatch::number).containsExactly(5L, 6L);
    assertThat(feed.tail().orElseThrow().lineage()).isEqualTo("e");
  }

  @Test
  void aBatchThatIsBroughtAgainAddsOnlyWhatIsMissing() throws Exception {
    relay.handle(batch("e", 5, insert(1)));

    relay.handle(batch("e", 5, insert(1), insert(2)));

    assertThat(places()).containsExactly("5-0", "5-1");
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void messagesTakeAPlaceAndAreNotInTheFeed() throws Exception {
    relay.handle(batch("e", 5, insert(1), new RowChange.Published("c", "{}"), insert(2)));
    relay.handle(batch("e", 6, new RowChange.Published("c", "{}")));
    relay.handle(batch("e", 7, insert(3)));

    assertThat(places()).containsExactly("5-0", "5-2", "7-0");
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void theLastOfATransactionSaysSo() throws Exception {
    relay.handle(batch("e", 5, insert(1), insert(2), new RowChange.Published("c", "{}")));

    assertThat(events()).first().asString().doesNotContain("last");
    assertThat(events()).last().asString().endsWith(",\"last\":true}");
  }

  @Test
  void aLargeBatchIsCutIntoEntriesOfAThousand() throws Exception {
    var changes = IntStream.range(0, 2_500).mapToObj(FeedRelayTest::insert).toList();

    relay.handle(batch("e", 5, changes.toArray(RowChange[]::new)));

    assertThat(meters.entriesOut.sum()).isEqualTo(3);
    assertThat(places()).hasSize(2_500).last().isEqualTo("5-2499");
  }

  @Test
  void whatLiesInTheFeedOfAnUnconfirmedBatchIsToldToTheNextLeader() throws Exception {
    var failing =
        relay(_ -> {
          throw new IllegalStateException("Redis is away");
        });
    assertThat(failing.resume("e", 5)).isEmpty();
    assertThatThrownBy(() -> failing.handle(batch("e", 5, insert(1))))
        .isInstanceOf(IllegalStateException.class);

    assertThat(relay.resume("e", 5)).contains("rows of 5");
    relay.handle(batch("e", 5, insert(1)));
    assertThat(relay.resume("e", 6)).isEmpty();
    assertThat(places()).containsExactly("5-0");
  }

  @Test
  void aNewLeaderFindsALogOnceThereIsAnyAndBeginsItBefore() throws Exception {
    assertThat(relay.resume("e", 8)).isEmpty();

    assertThat(feed.now().orElseThrow().major()).isEqualTo(7);
    relay.handle(batch("e", 8, insert(1)));
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void anotherLineageIsAnotherEpoch() throws Exception {
    relay.handle(batch("e", 5, insert(1)));
    relay.handle(batch("f", 3, insert(2)));

    assertThat(reader.broken())
        .extracting(FeedReader.Broken::reason)
        .containsExactly(FeedStep.Reason.EPOCH);
    assertThat(feed.tail().map(FeedTail::lineage)).contains("f");
    assertThat(feed.now().orElseThrow().major()).isEqualTo(3);
  }

  @Test
  void aBatchThatIsMissingInTheLogIsAnotherEpoch() throws Exception {
    relay.handle(batch("e", 5, insert(1)));

    assertThat(relay.resume("e", 7)).isEmpty();

    assertThat(reader.broken()).hasSize(1);
  }

  @Test
  void aDatabaseBehindTheLogIsAnotherEpoch() throws Exception {
    relay.handle(batch("e", 5, insert(1)));

    assertThat(relay.resume("e", 4)).isEmpty();

    assertThat(reader.broken()).hasSize(1);
  }

  @Test
  void withoutReceiptsGapsInTheNumbersAreInOrder() throws Exception {
    relay.handle(wal(100, insert(1), insert(2)));
    relay.handle(wal(700, insert(3)));
    relay.handle(wal(700, insert(3)));

    assertThat(places()).containsExactly("100-0", "100-1", "700-0");
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aReaderOfPostgresLogThatBeginsToLeadBeginsALogBeforeAnyChange() throws Exception {
    relay.lead("slot", 96, 96);

    assertThat(feed.now()).isPresent();
    relay.lead("slot", 96, 120);
    relay.handle(wal(100, insert(1)));
    relay.lead("slot", 108, 120);
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void whatIsConfirmedWithoutAChangeLeavesAnEntryBeforeThatPlace() throws Exception {
    relay.lead("slot", 100, 100);
    relay.handle(wal(100, insert(1)));
    relay.handle(wal(200, new RowChange.Published("c", "{}")));
    assertThat(feed.tail().orElseThrow().last().major()).isEqualTo(207);
    relay.handle(new CapturedBatch("slot", 4_000, List.of()));
    relay.handle(new CapturedBatch("slot", 4_000, List.of()));
    relay.lead("slot", 4_000, 4_000);
    relay.handle(wal(4_000, insert(2)));

    assertThat(places()).containsExactly("100-0", "4000-0");
    assertThat(meters.entriesOut.sum()).isEqualTo(4);
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aLargeTransactionIsConfirmedWithItsLastPartOnly() throws Exception {
    relay.lead("slot", 100, 500);
    relay.handle(part(100, 100, 0, insert(1)));
    assertThat(feed.tail().orElseThrow().receipt()).isEmpty();

    relay.handle(part(300, 100, 1, insert(2)));

    assertThat(feed.tail().orElseThrow().receipt()).isEqualTo("300");
    assertThat(places()).containsExactly("100-0", "100-1");
    relay.lead("slot", 300, 500);
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void aLogThatEndsBeforeWhatWasConfirmedIsAnotherEpoch() throws Exception {
    relay.handle(wal(100, insert(1)));

    relay.lead("slot", 116, 500);

    assertThat(reader.broken()).hasSize(1);
    relay.handle(wal(200, insert(2)));
    assertThat(meters.epochs.sum()).isEqualTo(2);
  }

  @Test
  void aDatabaseWhoseLogEndsBeforeTheFeedIsAnotherEpoch() throws Exception {
    relay.handle(wal(100, insert(1)));

    relay.lead("slot", 80, 100);

    assertThat(reader.broken()).hasSize(1);
  }

  @Test
  void whatPostgresSendsAgainIsLeftOutWhenItIsTheSame() throws Exception {
    relay.handle(wal(100, insert(1), insert(2)));
    relay.handle(wal(200, insert(3)));

    relay.lead("slot", 96, 500);
    relay.handle(wal(100, insert(1), insert(2)));
    relay.handle(wal(200, insert(3)));
    relay.handle(wal(300, insert(4)));

    assertThat(places()).containsExactly("100-0", "100-1", "200-0", "300-0");
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  @Test
  void anotherChangeAtAPlaceThatTheFeedHasIsAnotherEpochThatHasIt() throws Exception {
    relay.handle(wal(100, insert(1)));
    relay.handle(wal(200, insert(2)));

    relay.lead("slot", 96, 500);
    relay.handle(wal(100, insert(1)));
    relay.handle(wal(200, insert(7)));

    assertThat(reader.broken()).hasSize(1);
    assertThat(feed.now().orElseThrow().major()).isEqualTo(200);
    relay.handle(wal(300, insert(8)));
    assertThat(meters.epochs.sum()).isEqualTo(2);
  }

  @Test
  void aChangeWhereTheFeedHasNoneIsAnotherEpochThatHasIt() throws Exception {
    relay.handle(wal(100, insert(1)));
    relay.handle(new CapturedBatch("slot", 400, List.of()));

    relay.lead("slot", 108, 500);
    relay.handle(wal(300, insert(2)));

    assertThat(reader.broken()).hasSize(1);
    assertThat(feed.now().orElseThrow().major()).isEqualTo(300);
  }

  @Test
  void aChangeOfTheFeedThatPostgresDoesNotHaveIsAnotherEpoch() throws Exception {
    relay.handle(wal(100, insert(1)));
    relay.handle(wal(200, insert(2)));
    relay.handle(new CapturedBatch("slot", 400, List.of()));

    relay.lead("slot", 108, 500);
    relay.handle(new CapturedBatch("slot", 480, List.of()));

    assertThat(reader.broken()).hasSize(1);
  }

  @Test
  void aNodeThatLeadsAgainGoesOnBehindWhatAnotherAppended() throws Exception {
    relay.handle(wal(100, insert(1)));
    relay(beside::add).handle(wal(200, insert(2)));

    relay.lead("slot", 208, 500);
    relay.handle(wal(300, insert(3)));

    assertThat(places()).containsExactly("100-0", "200-0", "300-0");
    assertThat(meters.epochs.sum()).isEqualTo(1);
  }

  private FeedRelay relay(BatchHandler handler) {
    return new FeedRelay(feed, handler, Ticker.SYSTEM);
  }

  /** The log read from its beginning, which stands just before the first batch of the test. */
  private List<String> events() throws InterruptedException {
    var before = beside.getFirst().transactions().getFirst().major() - 1;
    var all = new FeedReader(new Position(feed.now().orElseThrow().epoch(), before, 1));
    assertThat(all.readAll(feed).lost()).isEmpty();
    return all.read();
  }

  private List<String> places() throws InterruptedException {
    return events().stream()
        .map(event -> event.replaceAll(".*\"position\":\"[^.]*\\.([^\"]*)\".*", "$1"))
        .toList();
  }

  private static RowChange insert(int id) {
    return new RowChange.Inserted(
        new TableName("public", "t"), List.of("id"), new Row("{\"id\": " + id + "}"), false);
  }

  private static CapturedBatch batch(String epoch, long number, RowChange... changes) {
    return new CapturedBatch(
        epoch,
        number,
        List.of(new CommittedTransaction("1", Instant.EPOCH, number, 0, List.of(changes))),
        "rows of " + number);
  }

  /** A whole transaction whose commit record is of eight bytes. */
  private static CapturedBatch wal(long lsn, RowChange... changes) {
    return part(lsn + 8, lsn, 0, changes);
  }

  private static CapturedBatch part(long until, long lsn, long first, RowChange... changes) {
    return new CapturedBatch(
        "slot",
        until,
        List.of(new CommittedTransaction("1", Instant.EPOCH, lsn, first, List.of(changes))));
  }
}
