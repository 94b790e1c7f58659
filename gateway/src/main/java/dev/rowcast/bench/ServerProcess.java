package dev.rowcast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * CPU time and memory of the measured server and its child processes, from Linux's /proc.
 *
 * <p>Immutable. CPU time is exact to a tick of 10 ms; memory is the sum of the resident sets, so
 * pages that processes share count once for each.
 */
record ServerProcess(Path proc, long pid) {
  /** User and system time are counted in hundredths of a second on every Linux in use. */
  private static final long TICK = 10_000_000;

  private static final Pattern RSS = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  /**
   * What was read at a moment.
   *
   * @param cpu nanoseconds since the processes began
   * @param rss bytes
   */
  record Reading(long cpu, long rss) {}

  static ServerProcess of(long pid) {
    return new ServerProcess(Path.of("/proc"), pid);
  }

  /**
   * Adds up the tree.
   *
   * @throws BenchException when the process is not there
   */
  Reading read() {
    if (!Files.exists(proc.resolve(Long.toString(pid)))) {
      throw new BenchException("--pid " + pid + ": there is no such process");
    }
    var children = children();
    var cpu = 0L;
    var rss = 0L;
    var queue = new ArrayDeque<>(List.of(pid));
    while (!queue.isEmpty()) {
      var next = queue.poll();
      var stat = stat(next);
      if (stat.length > 12) {
        // Fields 14 and 15 of proc_pid_stat(5); the array begins behind the name with field 3.
        cpu += (Long.parseLong(stat[11]) + Long.parseLong(stat[12])) * TICK;
        rss += rss(next);
      }
      queue.addAll(children.getOrDefault(next, List.of()));
    }
    return new Reading(cpu, rss);
  }

  /** As {@link #read}, but zeros for a server that has ended. */
  Reading tryRead() {
    try {
      return read();
    } catch (BenchException _) {
      return new Reading(0, 0);
    }
  }

  private Map<Long, List<Long>> children() {
    var children = new HashMap<Long, List<Long>>();
    try (var folders = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (var folder : folders) {
        var child = Long.parseLong(folder.getFileName().toString());
        var stat = stat(child);
        if (stat.length > 1) {
          children.computeIfAbsent(Long.parseLong(stat[1]), _ -> new ArrayList<>()).add(child);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return children;
  }

  /** The fields behind the name, which may itself hold spaces and parentheses. */
  private String[] stat(long process) {
    var text = text(process, "stat");
    var end = text.lastIndexOf(')');
    return end < 0 ? new String[0] : text.substring(end + 1).strip().split(" ");
  }

  private long rss(long process) {
    var matcher = RSS.matcher(text(process, "status"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
  }

  /** Empty when the process ended meanwhile. */
  private String text(long process, String file) {
    try {
      return Files.readString(
          proc.resolve(Long.toString(process)).resolve(file), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return "";
    } catch (IOException _) {
      // ESRCH: it ended between the opening and the reading.
      return "";
    }
  }
}
