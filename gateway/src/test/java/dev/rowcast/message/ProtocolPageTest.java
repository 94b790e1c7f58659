package dev.rowcast.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/PROTOCOL.md} says of codes what the code says. */
final class ProtocolPageTest {
  private static final Path PAGE = Path.of("..", "docs", "PROTOCOL.md");

  @Test
  void everyCloseCodeIsThereWithItsTextAndWhatItAsksOfTheClient() throws IOException {
    var expected =
        Arrays.stream(CloseReason.values())
            .filter(reason -> reason != CloseReason.NORMAL && reason != CloseReason.LOST)
            .map(reason ->
                List.of(
                    Integer.toString(reason.code()),
                    "`" + reason.text() + "`",
                    reason.duty().words()))
            .toList();

    assertThat(rows("## Close codes", 3)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void everyErrorIsThereWithWhatItMeansAndAsksOfTheClient() throws IOException {
    var expected =
        Arrays.stream(ErrorCode.values())
            .map(code -> List.of(Integer.toString(code.number()), code.text(), code.duty().words()))
            .toList();

    assertThat(rows("#### Errors", 3)).containsExactlyElementsOf(expected);
  }

  @Test
  void theClassesOfCodesHold() {
    assertThat(CloseReason.values())
        .allSatisfy(reason -> {
          if (reason.code() >= 4400 && reason.code() < 4500 && reason != CloseReason.UNRECOGNISED) {
            assertThat(reason.duty()).isEqualTo(CloseReason.Duty.STOP);
          }
          if (reason.code() >= 4500) {
            assertThat(reason.duty().isReturn()).isTrue();
          }
        });
  }

  /** The first cells of the rows of the table under a heading, whose first cell is a number. */
  private static List<List<String>> rows(String heading, int cells) throws IOException {
    var lines = Files.readAllLines(PAGE);
    return lines.stream()
        .skip(lines.indexOf(heading) + 1L)
        .takeWhile(line -> !line.startsWith("#"))
        .filter(line -> line.matches("\\| [0-9]+ \\|.*"))
        .map(line -> Arrays.asList(line.split("\\|", -1)).subList(1, cells + 1))
        .map(row -> row.stream().map(String::strip).toList())
        .toList();
  }
}
