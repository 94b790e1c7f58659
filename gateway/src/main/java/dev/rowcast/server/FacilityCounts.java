package dev.rowcast.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which facilities have listeners, and how many facilities of each pattern there are.
 *
 * <p>Thread-safe: a lock with a short body, taken once when a connection begins and once when it
 * ends.
 */
final class FacilityCounts {
  private static final class Listeners {
    int count;
    final int limit;

    Listeners(int limit) {
      this.limit = limit;
    }
  }

  private final List<FacilityLimit> limits;
  private final int[] taken;
  private final Map<String, Listeners> listeners = new HashMap<>();

  FacilityCounts(List<FacilityLimit> limits) {
    this.limits = limits;
    this.taken = new int[limits.size()];
  }

  /** One more listener at a facility, unless it would be one facility too many of its pattern. */
  synchronized boolean enter(String facility) {
    var there = listeners.get(facility);
    if (there == null) {
      var limit = limitOf(facility);
      if (limit >= 0 && taken[limit] >= limits.get(limit).atMost()) {
        return false;
      }
      if (limit >= 0) {
        taken[limit]++;
      }
      there = new Listeners(limit);
      listeners.put(facility, there);
    }
    there.count++;
    return true;
  }

  /** One listener less. */
  synchronized void leave(String facility) {
    var there = listeners.get(facility);
    if (there != null && --there.count == 0) {
      listeners.remove(facility);
      if (there.limit >= 0) {
        taken[there.limit]--;
      }
    }
  }

  synchronized int size() {
    return listeners.size();
  }

  private int limitOf(String facility) {
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i).match().stream().anyMatch(glob -> glob.matches(facility))) {
        return i;
      }
    }
    return -1;
  }
}
