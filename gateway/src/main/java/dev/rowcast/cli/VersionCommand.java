package dev.rowcast.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowcast version}. */
@Command(
    name = "version",
    description = "Prints the version of Rowcast and of the JDK it runs on.",
    footer = {"", "Example: rowcast version"})
final class VersionCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    CommandLine commandLine = spec.commandLine();
    commandLine.getOut().println("rowcast " + version() + " on JDK " + Runtime.version());
  }

  static String version() {
    var version = VersionCommand.class.getPackage().getImplementationVersion();
    return version == null ? "of this checkout" : version;
  }
}
