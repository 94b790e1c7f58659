package dev.rowcast.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The judge of {@link FoldedStateIT} finds out each kind of wrong. */
final class FoldedRowsTest {
  private static final Wish ORDERS = new Wish(Table.ORDERS, "", "TRUE", List.of("size"), false);
  private static final Wish NOTES = new Wish(Table.NOTES, "", "TRUE", List.of("body"), false);

  private final FoldedRows held = new FoldedRows(ORDERS, false);

  private static JsonNode json(String text) {
    return FoldedRows.JSON.readTree(text.replace('\'', '"'));
  }

  private static List<JsonNode> rows(String... texts) {
    return Stream.of(texts).map(FoldedRowsTest::json).toList();
  }

  private void told(String... events) {
    for (var event : events) {
      held.apply(json(event));
    }
  }

  @Test
  void eventsInOrderMakeWhatTheDatabaseHolds() {
    held.begin(rows("{'id':1,'size':1}", "{'id':2,'size':2}", "{'id':3,'size':3}"));

    told(
        "{'type':'insert','key':{'id':4},'row':{'id':4,'size':null}}",
        "{'type':'update','key':{'id':4},'row':{'id':4,'size':1.50},'old':{'id':4,'size':null}}",
        "{'type':'update','key':{'id':9},'old_key':{'id':1},'row':{'size':1}}",
        "{'type':'leave','key':{'id':2}}",
        "{'type':'delete','key':{'id':3},'old':{'id':3,'size':3}}");

    assertThat(held.differences(rows("{'size':1.50,'id':4}", "{'id':9,'size':1}"))).isEmpty();
    assertThat(held.faults()).isEmpty();
  }

  @Test
  void missingStaleAndPhantomRowsAreNamed() {
    held.begin(rows("{'id':1,'size':1}", "{'id':2,'size':2}"));

    assertThat(held.differences(rows("{'id':1,'size':7}", "{'id':3,'size':3}")))
        .containsExactly(
            "stale: {\"id\":1,\"size\":1} instead of {\"id\":1,\"size\":7}",
            "missing: {\"id\":3,\"size\":3}",
            "phantom: {\"id\":2,\"size\":2}");
  }

  @Test
  void anEventThatWasLostIsFoundOutByTheNextOne() {
    held.begin(rows("{'id':1,'size':1}"));

    told("{'type':'update','key':{'id':1},'row':{'id':1,'size':3},'old':{'id':1,'size':2}}");

    assertThat(held.faults()).singleElement().asString().contains("does not fit what is held");
    assertThat(held.differences(rows("{'id':1,'size':3}"))).isEmpty();
  }

  @Test
  void anEventThatComesTwiceIsFoundOut() {
    held.begin(rows("{'id':1,'size':1}", "{'id':2,'size':2}", "{'id':3,'size':3}"));
    var once =
        new String[] {
          "{'type':'insert','key':{'id':4},'row':{'id':4,'size':4}}",
          "{'type':'update','key':{'id':1},'row':{'id':1,'size':9},'old':{'id':1,'size':1}}",
          "{'type':'leave','key':{'id':2}}",
          "{'type':'delete','key':{'id':3}}"
        };

    told(once);
    assertThat(held.faults()).isEmpty();
    told(once);

    assertThat(held.faults())
        .satisfiesExactly(
            insert -> assertThat(insert).contains("inserts a row that is held"),
            update -> assertThat(update).contains("does not fit what is held"),
            leave -> assertThat(leave).contains("leaves a row that is not held"),
            delete -> assertThat(delete).contains("deletes a row that is not held"));
  }

  @Test
  void rowsReadLaterAreGoneOnWithWithoutAQuestion() {
    held.reload(rows("{'id':1,'size':3}", "{'id':2,'size':2}"));

    told(
        "{'type':'update','key':{'id':1},'row':{'id':1,'size':2},'old':{'id':1,'size':1}}",
        "{'type':'update','key':{'id':1},'row':{'id':1,'size':3},'old':{'id':1,'size':2}}",
        "{'type':'insert','key':{'id':2},'row':{'id':2,'size':2}}",
        "{'type':'delete','key':{'id':5}}");

    assertThat(held.faults()).isEmpty();
    assertThat(held.differences(rows("{'id':1,'size':3}", "{'id':2,'size':2}"))).isEmpty();
  }

  @Test
  void aValueThatIsNotToldIsTakenFromWhatIsHeldOrHasToBeRead() {
    var notes = new FoldedRows(NOTES, false);
    notes.begin(rows("{'id':'a','body':'long'}"));

    var known =
        notes.apply(
            json("{'type':'update','key':{'id':'a'},'row':{'id':'a'},'unchanged':['body']}"));
    var unknown =
        notes.apply(
            json("{'type':'update','key':{'id':'b'},'row':{'id':'b'},'unchanged':['body']}"));

    assertThat(known).isEmpty();
    assertThat(unknown).isPresent();
    assertThat(notes.faults()).isEmpty();
    assertThat(notes.differences(rows("{'id':'a','body':'long'}", "{'id':'b','body':'x'}")))
        .containsExactly("stale: {\"id\":\"b\"} instead of {\"id\":\"b\",\"body\":\"x\"}");
  }
}
