package dev.rowcast.cli;

import dev.rowcast.base.Glob;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.CaptureSettings.OldRow;
import dev.rowcast.capture.CaptureSettings.TableRule;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.capture.migrate.MigrationResult;
import dev.rowcast.config.Sources.Setting;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowcast migrate}. */
@Command(
    name = "migrate",
    description = "Makes the database's triggers what the configuration says, or shows the way.",
    footer = {
      "",
      "plan    prints what apply would change, and changes nothing",
      "apply   changes it, all in one transaction; a second time there is nothing to do",
      "status  prints what is captured and what waits in the outbox",
      "verify  exits with 1 and names every difference",
      "drop    removes every trigger and the schema rowcast, nothing else",
      "",
      "Example: rowcast migrate apply --database postgresql://app@localhost/app"
          + " --tables 'public.*' --exclude 'public.*_log'"
    })
final class MigrateCommand implements Callable<Integer> {

  /** What to do. The names are the words on the command line. */
  private enum Action {
    plan,
    apply,
    status,
    verify,
    drop
  }

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Parameters(paramLabel = "ACTION", description = "One of ${COMPLETION-CANDIDATES}.")
  private Action action = Action.plan;

  @Option(
      names = "--tables",
      paramLabel = "PATTERN",
      description = "Captures these tables in place of capture.tables; * is any run of characters.")
  private List<String> tables = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description = "Leaves these out of --tables, or of every entry of capture.tables.")
  private List<String> exclude = new ArrayList<>();

  @Option(names = "--profile", paramLabel = "NAME", description = "A ready set of rules: rodan.")
  private @Nullable String profile;

  @Option(names = "--dry-run", description = "Prints the SQL and changes nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws InterruptedException {
    log.apply();
    var gateway =
        (profile == null
                ? options.load()
                : options.load(List.of(new Setting("--profile", "profile", profile))))
            .gateway();
    var database =
        gateway
            .database()
            .orElseThrow(() ->
                new CommandException(
                    "no database is configured; name one with --database or database.url",
                    ExitCode.WRONG_USAGE));
    var captured = capture(gateway.capture());
    refuseNoTables(captured);
    var migration = new Migration(new Database(database), captured);
    try {
      return dryRun ? printSql(migration) : run(migration);
    } catch (CaptureException | DatabaseException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  /** With no table configured, apply would take the triggers off every table. */
  private void refuseNoTables(CaptureSettings captured) {
    if (captured.tables().isEmpty() && action != Action.drop && action != Action.status) {
      throw new CommandException(
          "no tables are configured; name them with --tables, --profile or capture.tables"
              + " ('rowcast migrate drop' removes all triggers)",
          ExitCode.WRONG_USAGE);
    }
  }

  private int run(Migration migration) throws InterruptedException {
    return switch (action) {
      case plan -> {
        print(migration.plan().lines());
        yield ExitCode.FINE;
      }
      case apply -> finished(migration.apply());
      case status -> {
        print(migration.status().lines());
        yield ExitCode.FINE;
      }
      case verify -> {
        var plan = migration.plan();
        print(plan.lines());
        yield plan.isEmpty() ? ExitCode.FINE : ExitCode.FAILED;
      }
      case drop -> finished(migration.drop());
    };
  }

  private int printSql(Migration migration) {
    if (action != Action.plan && action != Action.apply) {
      throw new CommandException("--dry-run goes with plan and apply", ExitCode.WRONG_USAGE);
    }
    spec.commandLine().getOut().print(migration.plan().sql());
    spec.commandLine().getOut().flush();
    return ExitCode.FINE;
  }

  private int finished(MigrationResult result) {
    print(result.lines());
    return result.isComplete() ? ExitCode.FINE : ExitCode.FAILED;
  }

  private CaptureSettings capture(CaptureSettings configured) {
    var excluded = Glob.all(exclude);
    var rules =
        tables.isEmpty()
            ? configured.tables().stream().map(rule -> without(rule, excluded)).toList()
            : named(configured, excluded);
    return new CaptureSettings(
        configured.mode(),
        configured.migrate(),
        rules,
        configured.maxRow(),
        configured.rodan(),
        configured.wal());
  }

  /** The tables of the flags: under Rodan's profile with its key and columns, else plain. */
  private List<TableRule> named(CaptureSettings configured, List<Glob> excluded) {
    var named = Glob.all(tables);
    if (!configured.rodan()) {
      return List.of(new TableRule(named, excluded, List.of(), List.of(), OldRow.KEY));
    }
    return configured.tables().stream()
        .map(rule -> without(rule, excluded))
        .map(
            rule -> new TableRule(named, rule.exclude(), rule.key(), rule.columns(), rule.oldRow()))
        .toList();
  }

  private static TableRule without(TableRule rule, List<Glob> excluded) {
    var all = new ArrayList<>(rule.exclude());
    all.addAll(excluded);
    return new TableRule(rule.match(), all, rule.key(), rule.columns(), rule.oldRow());
  }

  private void print(List<String> lines) {
    lines.forEach(spec.commandLine().getOut()::println);
  }
}
