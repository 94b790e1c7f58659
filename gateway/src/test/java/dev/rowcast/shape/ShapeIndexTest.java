package dev.rowcast.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ShapeIndexTest {
  private final ShapeIndex index = new ShapeIndex();

  @Test
  void aChangeIsToldToWhomItConcernsAndToNobodyElse() {
    var open = added("status=eq.open");
    var some = added("status=in.(open,done)&size=gt.1");
    added("status=eq.none");
    var small = added("size=lt.3");
    var either = added("or=(status.eq.done,id.eq.7)");

    assertThat(matches(Orders.inserted("{\"id\":7,\"status\":\"open\",\"size\":2}")))
        .isEqualTo(
            Map.of(
                open,
                Verdict.INSERT,
                some,
                Verdict.INSERT,
                small,
                Verdict.INSERT,
                either,
                Verdict.INSERT));
  }

  @Test
  void aRowThatLeavesIsFoundByItsOldValue() {
    var open = added("status=eq.open");
    var done = added("status=eq.done");
    added("status=eq.none");

    assertThat(
            matches(
                Orders.updated("{\"id\":7,\"status\":\"open\"}", "{\"id\":7,\"status\":\"done\"}")))
        .isEqualTo(Map.of(open, Verdict.LEAVE, done, Verdict.INSERT));
  }

  @Test
  void anOldRowThatIsNotKnownConcernsAll() {
    var open = added("status=eq.open");
    var none = added("status=eq.none");
    added("id=eq.8");

    assertThat(
            matches(
                Orders.event(
                    "update", "\"key\":{\"id\":7},\"row\":{\"id\":7,\"status\":\"open\"}")))
        .isEqualTo(Map.of(open, Verdict.UPDATE, none, Verdict.LEAVE));
  }

  @Test
  void aTruncationConcernsAllOfTheTable() {
    var open = added("status=eq.open");

    assertThat(matches(Orders.event("truncate", "\"x\":1")))
        .isEqualTo(Map.of(open, Verdict.TRUNCATE));
  }

  @Test
  void whoWasTakenAwayIsToldNothing() {
    var open = added("status=eq.open");
    added("status=eq.open");

    assertThat(index.size()).isEqualTo(1);
    index.remove(open);

    assertThat(index.size()).isZero();
    assertThat(matches(Orders.inserted("{\"id\":7,\"status\":\"open\"}"))).isEmpty();
  }

  @Test
  void whateverIsAddedAndTakenAwayTheIndexTellsWhatEachShapeWouldSay() {
    var random = new SplittableRandom(5);
    var there = new ArrayList<Shape>();
    var values = List.of("null", "\"a\"", "\"b\"", "\"c\"");
    for (int i = 0; i < 5000; i++) {
      if (random.nextInt(3) > 0) {
        var filter =
            List.of(
                    "status=eq.%s",
                    "status=in.(%s,%s)",
                    "or=(status.eq.%s,size.eq.1)",
                    "id=eq.1&status=neq.%s",
                    "or=(id.eq.2,status.eq.%s)")
                .get(random.nextInt(5))
                .replace("%s", "abc".substring(random.nextInt(3)).substring(0, 1));
        var shape = Orders.shape(filter);
        index.add(shape);
        if (!there.contains(shape)) {
          there.add(shape);
        }
      } else if (!there.isEmpty()) {
        index.remove(there.remove(random.nextInt(there.size())));
      }
      var row = "{\"id\":7,\"size\":1,\"status\":" + values.get(random.nextInt(4)) + "}";
      var old = "{\"id\":7,\"size\":2,\"status\":" + values.get(random.nextInt(4)) + "}";
      var event =
          switch (random.nextInt(4)) {
            case 0 -> Orders.inserted(row);
            case 1 -> Orders.updated(old, row);
            case 2 -> Orders.event("delete", "\"key\":{\"id\":7},\"old\":" + old);
            default -> Orders.event("update", "\"key\":{\"id\":7},\"row\":" + row);
          };
      var expected = new HashMap<Shape, Verdict>();
      for (var shape : there) {
        if (shape.judge(event) != Verdict.NOTHING) {
          expected.put(shape, shape.judge(event));
        }
      }
      assertThat(matches(event)).isEqualTo(expected);
    }
  }

  private Shape added(String filter) {
    var shape = Orders.shape(filter);
    index.add(shape);
    return shape;
  }

  private Map<Shape, Verdict> matches(RowEvent event) {
    var matches = new HashMap<Shape, Verdict>();
    index.match(event, (shape, verdict) -> assertThat(matches.put(shape, verdict)).isNull());
    return matches;
  }
}
