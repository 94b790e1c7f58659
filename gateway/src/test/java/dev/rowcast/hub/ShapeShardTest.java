package dev.rowcast.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.feed.FeedMeters;
import dev.rowcast.feed.FeedSettings;
import dev.rowcast.feed.FeedStep;
import dev.rowcast.feed.LocalFeed;
import dev.rowcast.message.Position;
import dev.rowcast.observe.Metrics;
import dev.rowcast.shape.Column;
import dev.rowcast.shape.ColumnType;
import dev.rowcast.shape.Filter;
import dev.rowcast.shape.FilterSettings;
import dev.rowcast.shape.Shape;
import dev.rowcast.shape.ShapeIndex;
import dev.rowcast.shape.TableColumns;
import dev.rowcast.testing.CrankedLoop;
import dev.rowcast.testing.FakeTicker;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One loop's shapes, handed pieces of a log by the test, as the matching thread would. */
final class ShapeShardTest {
  private final FakeTicker ticker = new FakeTicker();
  private final CrankedLoop loop = new CrankedLoop();

  /** Its feed has no log, so that nothing is handed over but by the test. */
  private final ShapeHub hub = new ShapeHub(emptyFeed(), new ShapeIndex(), new Metrics(), ticker);

  private final ShapeShard shard = hub.shard(loop, new UnpooledByteBufAllocator(false), () -> {});

  private LocalFeed emptyFeed() {
    return new LocalFeed(
        FeedSettings.DEFAULTS, new FeedMeters(new Metrics()), ticker, new Random(1));
  }

  /** Follows as soon as it may; what it is handed, and where it was told that it fell behind. */
  private final class Member extends ShapeMember {
    final Shape shape;
    final List<String> told = new ArrayList<>();
    final List<Position> places = new ArrayList<>();
    boolean isStuck;

    Member(String where) {
      var filter = ((Filter.Parsed.Accepted) Filter.parse(where, FilterSettings.DEFAULTS)).filter();
      var table =
          new TableColumns(
              "public.orders",
              "public.orders",
              List.of("id"),
              List.of(new Column("id", "id", "int8", ColumnType.Plain.INT8, true)));
      shape = ((Shape.Made.Accepted) Shape.of(table, filter, List.of())).shape();
      shard.join(shape, this);
    }

    @Override
    protected void active() {
      shard.follow(this);
    }

    @Override
    protected void deliver(ShapeBurst burst) {
      if (isStuck) {
        places.add(shard.fallBehind(this));
        return;
      }
      for (int i = 0; i < burst.buffers(); i++) {
        var share = burst.share(i);
        told.add(share.toString(UTF_8));
        share.release();
      }
    }

    @Override
    protected void overtaken(Position place) {
      places.add(place);
    }

    @Override
    protected void broken(FeedStep.Reason reason, Position now) {
      places.add(now);
    }

    void activated(int at) {
      shard.activated(Optional.ofNullable(group).orElseThrow(), at(at));
    }
  }

  private static Position at(int major) {
    return new Position("e", major, 0);
  }

  /** The piece from {@code major} to the next one, in which one shape has one frame. */
  private void offer(int major, Member member, String frame) {
    var bytes = frame.getBytes(UTF_8);
    shard.offer(
        new ShapePiece(
            at(major),
            at(major + 1),
            null,
            List.of(new ShapePiece.Frames(member.shape.id(), List.of(bytes))),
            bytes.length));
  }

  private Member following(String where, int at) {
    var member = new Member(where);
    member.activated(at);
    loop.run();
    assertThat(member.isUpToDate()).isTrue();
    return member;
  }

  @Test
  void piecesOfOneDrainAreOneBurst() {
    var member = following("", 0);

    offer(0, member, "a");
    offer(1, member, "b");
    loop.run();

    assertThat(member.told).containsExactly("ab");
    assertThat(shard.position()).isEqualTo(at(2));
  }

  @Test
  void whoFallsBehindIsWhereTheDrainBeganThatItCouldNotTake() {
    var member = following("", 0);
    offer(0, member, "a");
    loop.run();
    member.isStuck = true;

    offer(1, member, "b");
    offer(2, member, "c");
    loop.run();

    assertThat(member.places).containsExactly(at(1));
    assertThat(member.isUpToDate()).isFalse();
  }

  @Test
  void whoFollowsInTheMiddleOfADrainIsNotPutBackBehindItsPlace() {
    var other = following("id=eq.1", 0);
    var member = new Member("id=eq.2");
    member.isStuck = true;

    offer(0, other, "a");
    member.activated(1);
    offer(1, member, "b");
    loop.run();

    assertThat(other.told).containsExactly("a");
    assertThat(member.places).containsExactly(at(1));
  }

  @Test
  void whoFollowsInTheMiddleOfADrainIsHandedNothingOfWhatCameBefore() {
    var other = following("id=eq.1", 0);
    var member = new Member("id=eq.2");

    offer(0, other, "a");
    member.activated(1);
    offer(1, member, "b");
    offer(2, other, "c");
    loop.run();

    assertThat(String.join("", other.told)).isEqualTo("ac");
    assertThat(member.told).containsExactly("b");
  }

  @Test
  void aPieceThatIsLeftOutPutsWhoFollowsWhereItWasToldEverything() {
    var member = following("", 0);

    offer(0, member, "a");
    shard.skip(at(5));
    loop.run();

    assertThat(member.told).containsExactly("a");
    assertThat(member.places).containsExactly(at(1));
    assertThat(shard.position()).isEqualTo(at(5));
  }

  @Test
  void anotherLogIsToldToWhoFollows() {
    var member = following("", 0);

    offer(0, member, "a");
    shard.broken(FeedStep.Reason.EPOCH, new Position("f", 1, 0));
    loop.run();

    assertThat(member.told).containsExactly("a");
    assertThat(member.places).containsExactly(new Position("f", 1, 0));
  }
}
