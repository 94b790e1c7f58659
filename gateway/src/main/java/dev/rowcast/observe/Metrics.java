package dev.rowcast.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * The numbers of one process, in Prometheus's exposition format.
 *
 * <p>Thread-safe. Names are written with dots ({@code rowcast.bus.messages}) and come out with
 * underscores. Tag values never hold what a client chose: the number of series stays bounded.
 */
public final class Metrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

  /**
   * A counter that costs an uncontended add and no allocation. Asked for again, it is the same one:
   * a part that is made anew goes on counting.
   */
  public LongAdder counter(String name, String description, String... tags) {
    return counters.computeIfAbsent(name + List.of(tags), _ -> registered(name, description, tags));
  }

  private LongAdder registered(String name, String description, String... tags) {
    var adder = new LongAdder();
    FunctionCounter.builder(name, adder, LongAdder::doubleValue)
        .description(description)
        .tags(tags)
        .register(registry);
    return adder;
  }

  /**
   * A value read whenever somebody asks; {@code value} must be cheap and must not block. Takes the
   * place of an earlier one of this name and tags.
   */
  public void gauge(String name, String description, DoubleSupplier value, String... tags) {
    var earlier = registry.find(name).tags(tags).gauge();
    if (earlier != null) {
      registry.remove(earlier);
    }
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /** A counter kept elsewhere, read whenever somebody asks; must never decrease. */
  public void counted(String name, String description, DoubleSupplier value, String... tags) {
    FunctionCounter.builder(name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  /** A distribution of durations with the given upper bounds. */
  public Timer timer(String name, String description, Duration... bounds) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(bounds)
        .register(registry);
  }

  /** Everything, as {@code text/plain; version=0.0.4}. */
  public String scrape() {
    return registry.scrape();
  }
}
