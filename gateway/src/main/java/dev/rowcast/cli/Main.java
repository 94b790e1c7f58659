package dev.rowcast.cli;

import dev.rowcast.cli.demo.DemoCommand;
import dev.rowcast.config.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code rowcast}. */
@Command(
    name = "rowcast",
    description = "Committed PostgreSQL row changes, pushed to browsers over WebSocket.",
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      MigrateCommand.class,
      BenchCommand.class,
      PublishCommand.class,
      ListenCommand.class,
      ConfigCommand.class,
      ExplainCommand.class,
      TokenCommand.class,
      DoctorCommand.class,
      CompletionCommand.class,
      TrainCommand.class,
      VersionCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 fine, 1 the work failed, 2 wrong usage or configuration, 69 a needed program"
          + " or JDK is missing, 130 interrupted.",
      "",
      "Example: rowcast serve --database postgresql://app@localhost/app --redis none"
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command the words name and ends the process with its exit code. */
  public static void main(String[] words) {
    System.exit(commandLine().execute(words));
  }

  /** The parser of the whole command line. */
  static CommandLine commandLine() {
    var commandLine = new CommandLine(new Main());
    addHelp(commandLine);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionExceptionHandler((failure, failed, _) -> explain(failure, failed));
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    commandLine.setOut(out).setErr(err);
    return commandLine;
  }

  private static void addHelp(CommandLine commandLine) {
    var spec = commandLine.getCommandSpec();
    if (spec.findOption("-h") == null) {
      spec.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Shows this help.")
              .build());
    }
    commandLine.getSubcommands().values().forEach(Main::addHelp);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** An operator's mistake and a failure outside are sentences; anything else is our bug. */
  private static int explain(Exception failure, CommandLine failed) throws Exception {
    var err = failed.getErr();
    return switch (failure) {
      case ConfigException wrong -> {
        wrong.problems().forEach(err::println);
        yield ExitCode.WRONG_USAGE;
      }
      case CommandException known -> {
        err.println(known.getMessage());
        yield known.exitCode();
      }
      case InterruptedException _ -> ExitCode.INTERRUPTED;
      default -> throw failure;
    };
  }
}
