package dev.rowcast.hub;

import dev.rowcast.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One shape on one loop: who asked for it, and who of them is up to date.
 *
 * <p>Confined to that loop; others only hand it on as a token.
 */
final class LoopShape {
  final Shape shape;

  /** Whoever joined before the matching had begun. */
  final List<ShapeMember> waiting = new ArrayList<>(1);

  /** How many have joined. */
  int members;

  /** What the current drain has for it. */
  final ArrayList<byte[]> frames = new ArrayList<>();

  /** Whether the matching has begun. */
  boolean isActive;

  private ShapeMember[] followers = new ShapeMember[1];
  private int size;

  LoopShape(Shape shape) {
    this.shape = shape;
  }

  int size() {
    return size;
  }

  void add(ShapeMember member) {
    if (size == followers.length) {
      followers = Arrays.copyOf(followers, size * 2);
    }
    followers[size] = member;
    member.index = size++;
  }

  /** Moves the last one into the gap, which {@link #deliver} relies on. */
  @SuppressWarnings("NullAway") // Beyond size the array holds nulls, which nobody reads.
  void remove(ShapeMember member) {
    var last = followers[--size];
    followers[member.index] = last;
    last.index = member.index;
    followers[size] = null;
    member.index = -1;
  }

  /** From last to first: one that falls behind meanwhile moves only one that had its turn. */
  void deliver(ShapeBurst burst) {
    for (int i = size - 1; i >= 0; i--) {
      followers[i].deliver(burst);
    }
  }

  /** Those who are up to date now. */
  List<ShapeMember> followers() {
    return List.of(Arrays.copyOf(followers, size));
  }
}
