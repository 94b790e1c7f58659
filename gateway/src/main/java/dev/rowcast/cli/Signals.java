package dev.rowcast.cli;

import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The signals an operator or a supervisor sends, as a queue.
 *
 * <p>Thread-safe. From the moment this is made the JVM no longer ends by itself on them.
 *
 * <p>The JDK has no other way to hear SIGHUP, nor to exit with 0 after SIGTERM, than {@code
 * sun.misc.Signal} (module {@code jdk.unsupported}). It is reached by reflection because the
 * compiler's warning about it cannot be turned off for one class.
 */
public final class Signals {

  /** What is asked. */
  public enum Kind {
    /** Reads again what can be read again. */
    RELOAD("HUP"),
    /** Ends in order. */
    STOP("TERM"),
    /** Ends, asked by a person at a terminal. */
    INTERRUPT("INT");

    private final String signal;

    Kind(String signal) {
      this.signal = signal;
    }
  }

  private final BlockingQueue<Kind> queue = new LinkedBlockingQueue<>();

  private Signals() {}

  /** Listens from now on. A signal that this platform does not have is left out. */
  public static Signals listen() {
    var signals = new Signals();
    for (var kind : Kind.values()) {
      signals.listen(kind);
    }
    return signals;
  }

  /** Waits for the next one. */
  public Kind next() throws InterruptedException {
    return queue.take();
  }

  private void listen(Kind kind) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var adder =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "equals" ->
                        System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> "handler of SIG" + kind.signal;
                    default -> {
                      queue.add(kind);
                      yield null;
                    }
                  });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(kind.signal), adder);
    } catch (ReflectiveOperationException _) {
      // Windows has no SIGHUP; a JVM started with -Xrs keeps all of them for itself.
    }
  }
}
