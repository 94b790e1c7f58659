package dev.rowcast.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowcast completion}. */
@Command(
    name = "completion",
    description = "Prints a script that completes rowcast's words in a shell.",
    footer = {
      "",
      "Example: rowcast completion bash > ~/.local/share/bash-completion/completions/rowcast",
      "         rowcast completion zsh  > ~/.zfunc/_rowcast_words && source"
          + " ~/.zfunc/_rowcast_words",
      "         rowcast completion fish > ~/.config/fish/completions/rowcast.fish"
    })
final class CompletionCommand implements Runnable {

  /** The shells. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
  private Shell shell = Shell.bash;

  @Override
  public void run() {
    var root = spec.root().commandLine();
    // The generated script serves both: under zsh it loads bashcompinit by itself.
    var script =
        switch (shell) {
          case bash, zsh -> AutoComplete.bash("rowcast", root);
          case fish -> fish(root);
        };
    spec.commandLine().getOut().println(script);
  }

  private static String fish(CommandLine root) {
    var lines = new ArrayList<String>();
    lines.add("complete -c rowcast -f");
    add(lines, root, List.of());
    return String.join("\n", lines);
  }

  private static void add(List<String> lines, CommandLine command, List<String> words) {
    var seen =
        words.stream()
            .map(word -> "__fish_seen_subcommand_from " + word)
            .collect(Collectors.joining("; and "));
    var names = String.join(" ", command.getSubcommands().keySet());
    for (var sub : command.getSubcommands().entrySet()) {
      var condition =
          words.isEmpty()
              ? "__fish_use_subcommand"
              : seen + "; and not __fish_seen_subcommand_from " + names;
      lines.add(
          "complete -c rowcast -n "
              + quoted(condition)
              + " -a "
              + sub.getKey()
              + " -d "
              + quoted(
                  String.join(" ", sub.getValue().getCommandSpec().usageMessage().description())));
      var longer = new ArrayList<>(words);
      longer.add(sub.getKey());
      add(lines, sub.getValue(), longer);
    }
    for (var option : command.getCommandSpec().options()) {
      var line = new StringBuilder("complete -c rowcast");
      if (!seen.isEmpty()) {
        line.append(" -n ").append(quoted(seen));
      }
      for (var name : option.names()) {
        line.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
      }
      if (option.arity().max() > 0) {
        line.append(" -r -F");
      }
      line.append(" -d ").append(quoted(String.join(" ", option.description())));
      lines.add(line.toString());
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
