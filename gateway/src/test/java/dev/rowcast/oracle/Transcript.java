package dev.rowcast.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a script and what a server made of each.
 *
 * <p>Immutable. As a file it has each step as the script says it, and the note below it, indented.
 */
record Transcript(Script script, List<String> notes) {
  private static final String INDENT = "    ";

  Transcript {
    notes = List.copyOf(notes);
    if (notes.size() != script.steps().size()) {
      throw new IllegalArgumentException(
          script.name()
              + " has "
              + script.steps().size()
              + " steps and "
              + notes.size()
              + " notes");
    }
  }

  String asText() {
    var text = new StringBuilder();
    for (int i = 0; i < notes.size(); i++) {
      text.append(script.steps().get(i).text()).append('\n');
      text.append(INDENT).append(notes.get(i)).append('\n');
    }
    return text.toString();
  }

  /**
   * Reads what {@link #asText} wrote.
   *
   * @throws IllegalStateException if the script has changed since
   */
  static Transcript read(Script script, Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    var steps = new ArrayList<String>();
    var notes = new ArrayList<String>();
    for (String line : lines) {
      if (line.startsWith(INDENT)) {
        notes.add(line.substring(INDENT.length()));
      } else {
        steps.add(line);
      }
    }
    if (!steps.equals(script.steps().stream().map(Script.Step::text).toList())) {
      throw new IllegalStateException(
          script.name() + " is not the script that " + file.getFileName() + " was recorded from");
    }
    return new Transcript(script, notes);
  }
}
