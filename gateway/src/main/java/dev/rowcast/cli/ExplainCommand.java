package dev.rowcast.cli;

import dev.rowcast.auth.AccessRules;
import dev.rowcast.auth.AccessRules.Decision.Granted;
import dev.rowcast.auth.AccessRules.Decision.Refused;
import dev.rowcast.auth.AccessSettings;
import dev.rowcast.auth.Identity;
import dev.rowcast.base.Glob;
import dev.rowcast.message.Permission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rowcast explain}. */
@Command(
    name = "explain",
    description = "Says what a client may hear and say at a facility, and which rule decides.",
    footer = {"", "Example: rowcast explain -c rowcast.yaml --facility staff-room --groups staff"})
final class ExplainCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Option(names = "--facility", required = true, paramLabel = "F", description = "The facility.")
  private String facility = "";

  @Option(
      names = "--user",
      paramLabel = "U",
      description = "The name of a logged-in user; without it nobody is logged in.")
  private @Nullable String user;

  @Option(names = "--groups", split = ",", paramLabel = "G", description = "The user's groups.")
  private List<String> groups = new ArrayList<>();

  @Override
  public void run() {
    log.apply();
    var access = options.load().gateway().access();
    var identity = new Identity(Optional.ofNullable(user), groups, Optional.empty());
    var out = spec.commandLine().getOut();
    out.println("client: " + identity);
    out.println("rule: " + rule(access));
    var rules = new AccessRules(access);
    for (var permission : Permission.values()) {
      var verdict =
          switch (rules.decide(identity, facility, EnumSet.of(permission))) {
            case Granted granted when granted.permissions().isEmpty() -> "dropped silently";
            case Granted _ when isWithoutChannel(permission) ->
                "granted, but nobody is behind it: no channel";
            case Granted _ -> "granted";
            case Refused _ -> "refused with 403";
          };
      out.println("%-20s %s".formatted(permission.parameter(), verdict));
    }
  }

  /** Sessions have no option here: that a browser has one depends on its cookie alone. */
  private boolean isWithoutChannel(Permission permission) {
    return switch (permission.audience()) {
      case BROADCAST, SESSION -> false;
      case GROUP -> groups.isEmpty();
      case USER -> user == null;
    };
  }

  private String rule(AccessSettings access) {
    var number = 0;
    for (var rule : access.facilities()) {
      number++;
      if (rule.match().stream().anyMatch(glob -> glob.matches(facility))) {
        return "entry " + number + " of access.facilities: " + rule.sentence();
      }
    }
    return "no entry of access.facilities matches '"
        + facility
        + "': subscribe-broadcast for anyone, publishing for nobody"
        + (access.facilities().isEmpty()
            ? ""
            : "; there are "
                + access.facilities().stream()
                    .flatMap(rule -> rule.match().stream())
                    .map(Glob::pattern)
                    .collect(Collectors.joining(", ")));
  }
}
