package dev.rowcast.config;

import java.util.ArrayList;
import java.util.List;

/** What is wrong, collected until everything has been read. Confined to one thread. */
final class Problems {
  private final List<String> sentences = new ArrayList<>();

  /** One more problem, at a place. */
  void add(Origin origin, String sentence) {
    sentences.add(origin instanceof Origin.Default ? sentence : origin + ": " + sentence);
  }

  int count() {
    return sentences.size();
  }

  /** Throws all of them, if there are any. */
  void refuse() {
    if (!sentences.isEmpty()) {
      throw new ConfigException(sentences.stream().distinct().toList());
    }
  }
}
