package dev.rowcast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void aCounterAskedForAgainGoesOnCounting() {
    metrics.counter("rowcast.things", "Things", "kind", "a").increment();
    metrics.counter("rowcast.things", "Things", "kind", "a").increment();
    metrics.counter("rowcast.things", "Things", "kind", "b").increment();

    assertThat(metrics.scrape())
        .contains("rowcast_things_total{kind=\"a\"} 2.0", "rowcast_things_total{kind=\"b\"} 1.0");
  }

  @Test
  void aGaugeTakesThePlaceOfAnEarlierOne() {
    metrics.gauge("rowcast.level", "A level", () -> 1);
    metrics.gauge("rowcast.level", "A level", () -> 2);

    assertThat(metrics.scrape()).contains("rowcast_level 2.0");
  }
}
