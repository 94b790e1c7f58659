package dev.rowcast.config;

/**
 * Where a setting came from, as the operator would look for it.
 *
 * <p>Immutable.
 */
public sealed interface Origin {

  /** Nobody said anything. */
  record Default() implements Origin {
    @Override
    public String toString() {
      return "default";
    }
  }

  /** A line of a profile. */
  record Profile(String name) implements Origin {
    @Override
    public String toString() {
      return "profile " + name;
    }
  }

  /** A line of the configuration file; the first line is 1. */
  record File(String path, int line) implements Origin {
    @Override
    public String toString() {
      return path + ":" + line;
    }
  }

  /** An environment variable. */
  record Environment(String name) implements Origin {
    @Override
    public String toString() {
      return "environment " + name;
    }
  }

  /** A flag of the command line, as it is typed. */
  record Flag(String name) implements Origin {
    @Override
    public String toString() {
      return name;
    }
  }
}
