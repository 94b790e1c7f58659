package dev.rowcast.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferencesTest {
  private static final Script SCRIPT = Script.parse("close", List.of("# why", "read A", "ended A"));
  private static final Differences ONE =
      Differences.parse(
          List.of(
              "[uwsgi close]",
              "why: no code under uWSGI",
              "3 theirs: ended",
              "3 ours: close 1000"));

  @Test
  void acceptsWhatIsListed() {
    assertThat(faults(ONE, "ended", "close 1000")).isEmpty();
    assertThat(faults(Differences.parse(List.of()), "ended", "ended")).isEmpty();
  }

  @Test
  void faultsWhatIsNotListed() {
    assertThat(faults(Differences.parse(List.of()), "ended", "close 1000"))
        .singleElement()
        .asString()
        .contains("not listed", "[uwsgi close] ended A", "3 theirs: ended", "3 ours: close 1000");
  }

  @Test
  void faultsWhatIsListedAndGone() {
    assertThat(faults(ONE, "ended", "ended"))
        .singleElement()
        .asString()
        .contains("no difference any more");
  }

  @Test
  void faultsWhatIsListedDifferently() {
    assertThat(faults(ONE, "ended", "close 1001"))
        .singleElement()
        .asString()
        .contains("listed differently");
  }

  @Test
  void wantsAReason() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Differences.parse(List.of("[uwsgi close]", "3 theirs: a", "3 ours: b")));
  }

  @Test
  void theListNamesScriptsThatExist() throws IOException {
    var names = Corpus.conversations().stream().map(Script::name).toList();

    assertThat(names).containsAll(Corpus.differences().scripts());
  }

  private static List<String> faults(Differences differences, String theirs, String ours) {
    return differences.faults(
        "uwsgi",
        new Transcript(SCRIPT, List.of("silence", theirs)),
        new Transcript(SCRIPT, List.of("silence", ours)));
  }
}
