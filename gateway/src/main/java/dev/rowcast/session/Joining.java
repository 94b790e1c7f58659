package dev.rowcast.session;

import dev.rowcast.hub.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a session holds back until it knows its last values. Confined to its event loop. */
final class Joining {
  final @Nullable Message[] lastValues;
  final List<Message> later = new ArrayList<>(0);
  int missing;
  long bytes;

  Joining(int topics) {
    lastValues = new Message[topics];
    missing = topics;
  }
}
