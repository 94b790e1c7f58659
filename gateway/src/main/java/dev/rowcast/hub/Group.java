package dev.rowcast.hub;

import dev.rowcast.message.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The subscribers of one loop that listen to the same topics in the same order and in the same
 * encoding; hence one drain has the same bytes for all of them.
 *
 * <p>Confined to that loop.
 */
final class Group {

  /** What the members have in common. */
  record Key(List<Topic> topics, Encoding encoding) {
    Key {
      topics = List.copyOf(topics);
    }
  }

  final Key key;
  final LocalTopic[] locals;

  /** What the current drain has for this group, in the order of arrival. */
  final ArrayList<Message> batch = new ArrayList<>();

  private Subscriber[] members = new Subscriber[1];
  private int size;

  Group(Key key, LocalTopic[] locals) {
    this.key = key;
    this.locals = locals;
  }

  void add(Subscriber subscriber) {
    if (size == members.length) {
      members = Arrays.copyOf(members, size * 2);
    }
    members[size] = subscriber;
    subscriber.group = this;
    subscriber.index = size++;
  }

  /** Moves the last member into the gap, which {@link #deliver} relies on. */
  @SuppressWarnings("NullAway") // Beyond size the array holds nulls, which nobody reads.
  void remove(Subscriber subscriber) {
    var last = members[--size];
    members[subscriber.index] = last;
    last.index = subscriber.index;
    members[size] = null;
    subscriber.group = null;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /**
   * From last to first, so that a member that leaves meanwhile moves only one that had its turn.
   */
  void deliver(Burst burst) {
    for (int i = size - 1; i >= 0; i--) {
      members[i].deliver(burst);
    }
  }

  void missed() {
    for (int i = size - 1; i >= 0; i--) {
      members[i].missed();
    }
  }
}
