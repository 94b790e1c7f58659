package dev.rowcast.cli;

import dev.rowcast.config.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowcast config}. */
@Command(
    name = "config",
    description = "Prints the settings in force and where each came from; secrets are masked.",
    footer = {"", "Example: rowcast config -c rowcast.yaml"})
final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Override
  public void run() {
    log.apply();
    var lines = options.load().lines();
    var widest = lines.stream().mapToInt(line -> head(line).length()).max().orElse(0);
    var out = spec.commandLine().getOut();
    for (var line : lines) {
      var head = head(line);
      var space = " ".repeat(Math.min(widest, 50) - Math.min(head.length(), Math.min(widest, 50)));
      out.println(head + space + "  # " + line.origin());
    }
  }

  private static String head(Configuration.Line line) {
    return line.key() + ": " + line.value();
  }
}
