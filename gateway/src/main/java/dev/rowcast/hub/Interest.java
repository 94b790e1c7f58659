package dev.rowcast.hub;

import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The loops of this node that listen to one topic, and since when the bus hears it.
 *
 * <p>Immutable, so that the bus's thread reads it without a lock.
 */
final class Interest {
  final LocalTopic[] locals;
  final CompletionStage<Void> ready;

  Interest(LocalTopic[] locals, CompletionStage<Void> ready) {
    this.locals = locals;
    this.ready = ready;
  }

  Interest with(LocalTopic local) {
    var more = Arrays.copyOf(locals, locals.length + 1);
    more[locals.length] = local;
    return new Interest(more, ready);
  }

  /** Null when nobody is left. */
  @Nullable Interest without(LocalTopic local) {
    var fewer = Arrays.stream(locals).filter(other -> other != local).toArray(LocalTopic[]::new);
    return fewer.length == 0 ? null : new Interest(fewer, ready);
  }
}
