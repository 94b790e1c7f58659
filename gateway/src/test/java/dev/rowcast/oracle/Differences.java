package dev.rowcast.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Rowcast differs from ws4redis on purpose, as {@code differences.txt} lists it.
 *
 * <p>Immutable. The comparison is strict both ways: a difference that is not listed is a fault, and
 * so is a listed one that is not there any more.
 *
 * <pre>
 * [uwsgi fragmented-text]
 * why: one or more words
 * 12 theirs: text "\x00"
 * 12 ours: text "hello"
 * </pre>
 */
final class Differences {
  private static final Pattern SECTION = Pattern.compile("\\[(\\S+) (\\S+)\\]");
  private static final Pattern SIDE = Pattern.compile("(\\d+) (theirs|ours): (.*)");

  private final Map<Key, Listed> listed;

  private Differences(Map<Key, Listed> listed) {
    this.listed = Map.copyOf(listed);
  }

  /** Which line of which script, against which oracle. */
  record Key(String oracle, String script, int line) {}

  /** What each side does there, and why that is right. */
  record Listed(String theirs, String ours, String why) {}

  static Differences read(Path file) throws IOException {
    return parse(Files.readAllLines(file));
  }

  static Differences parse(List<String> lines) {
    var listed = new TreeMap<Key, Listed>(Differences::inOrder);
    String oracle = "";
    String script = "";
    String why = "";
    Optional<String> theirs = Optional.empty();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      Matcher section = SECTION.matcher(line);
      Matcher side = SIDE.matcher(line);
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (section.matches()) {
        oracle = section.group(1);
        script = section.group(2);
        why = "";
      } else if (line.startsWith("why:")) {
        why = line.substring("why:".length()).strip();
      } else if (side.matches() && !why.isEmpty()) {
        if (side.group(2).equals("theirs")) {
          theirs = Optional.of(side.group(3));
        } else {
          var key = new Key(oracle, script, Integer.parseInt(side.group(1)));
          String other =
              theirs.orElseThrow(() -> new IllegalArgumentException("ours before theirs: " + line));
          if (listed.put(key, new Listed(other, side.group(3), why)) != null) {
            throw new IllegalArgumentException("listed twice: " + key);
          }
          theirs = Optional.empty();
        }
      } else {
        throw new IllegalArgumentException(
            "line " + (i + 1) + " is no section, no reason, or a side without a reason: " + line);
      }
    }
    return new Differences(listed);
  }

  private static int inOrder(Key one, Key other) {
    return one.toString().compareTo(other.toString());
  }

  /** The names of the scripts that something is listed for. */
  List<String> scripts() {
    return listed.keySet().stream().map(Key::script).distinct().toList();
  }

  /**
   * What is wrong between two transcripts of one script, each in the form that would list it; empty
   * if all is as listed.
   */
  List<String> faults(String oracle, Transcript theirs, Transcript ours) {
    var faults = new ArrayList<String>();
    for (int i = 0; i < theirs.notes().size(); i++) {
      Script.Step step = theirs.script().steps().get(i);
      String their = theirs.notes().get(i);
      String our = ours.notes().get(i);
      Listed known = listed.get(new Key(oracle, theirs.script().name(), step.line()));
      String found =
          "[%s %s] %s%n%d theirs: %s%n%d ours: %s"
              .formatted(
                  oracle,
                  theirs.script().name(),
                  step.text(),
                  step.line(),
                  their,
                  step.line(),
                  our);
      if (known == null && !their.equals(our)) {
        faults.add("not listed: " + found);
      } else if (known != null && their.equals(our)) {
        faults.add("listed, but no difference any more: " + found);
      } else if (known != null && !(known.theirs().equals(their) && known.ours().equals(our))) {
        faults.add("listed differently (" + known + "): " + found);
      }
    }
    return faults;
  }
}
