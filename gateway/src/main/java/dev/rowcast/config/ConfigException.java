package dev.rowcast.config;

import java.util.List;

/** The operator's mistakes, all at once, each a sentence with its place. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /** With at least one sentence. */
  public ConfigException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /** The sentences, in the order in which an operator would meet them. */
  public List<String> problems() {
    return problems;
  }
}
