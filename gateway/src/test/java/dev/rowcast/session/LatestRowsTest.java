package dev.rowcast.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.shape.RowEvent;
import dev.rowcast.shape.Verdict;
import org.junit.jupiter.api.Test;

/** Which event may take the place of an earlier one of the same row. */
final class LatestRowsTest {
  private static final RowEvent WHOLE = update("\"row\":{\"id\":1,\"size\":2,\"body\":\"b\"}");
  private static final RowEvent WITHOUT_BODY =
      update("\"row\":{\"id\":1,\"size\":3},\"unchanged\":[\"body\"]");

  private final LatestRows latest = new LatestRows();

  private static RowEvent update(String more) {
    return RowEvent.read(
        ("{\"type\":\"update\",\"position\":\"p\",\"table\":\"public.notes\",\"key\":{\"id\":1},"
                + more
                + ",\"tx\":\"7\"}")
            .getBytes(UTF_8));
  }

  private boolean isMergedAfter(Verdict verdict, RowEvent earlier, RowEvent later) {
    latest.take();
    latest.put(verdict, earlier, new byte[1]);
    return latest.isMerged(Verdict.UPDATE, later);
  }

  @Test
  void theLatestStateIsEnough() {
    assertThat(latest.isMerged(Verdict.UPDATE, WITHOUT_BODY)).isTrue();
    assertThat(isMergedAfter(Verdict.UPDATE, WHOLE, WHOLE)).isTrue();
    assertThat(isMergedAfter(Verdict.UPDATE, WITHOUT_BODY, WHOLE)).isTrue();
    assertThat(isMergedAfter(Verdict.UPDATE, WITHOUT_BODY, WITHOUT_BODY)).isTrue();
    assertThat(isMergedAfter(Verdict.LEAVE, WITHOUT_BODY, WHOLE)).isTrue();
  }

  @Test
  void whatDoesNotTellAValueDoesNotTakeThePlaceOfWhatDoes() {
    assertThat(isMergedAfter(Verdict.UPDATE, WHOLE, WITHOUT_BODY)).isFalse();
    assertThat(isMergedAfter(Verdict.LEAVE, WITHOUT_BODY, WITHOUT_BODY)).isFalse();
    assertThat(isMergedAfter(Verdict.DELETE, WHOLE, WITHOUT_BODY)).isFalse();
  }
}
