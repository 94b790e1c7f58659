package dev.rowcast.benchmarks;

import dev.rowcast.base.Glob;
import dev.rowcast.change.Row;
import dev.rowcast.change.RowChange;
import dev.rowcast.change.TableName;
import dev.rowcast.message.Topic;
import dev.rowcast.routing.ChangeRouter;
import dev.rowcast.routing.FacilityMessage;
import dev.rowcast.routing.RouteSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What it costs to make the facility message of one changed row, in each format. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class RouteBenchmark {
  private static final RowChange CHANGE =
      new RowChange.Updated(
          new TableName("public", "rodan_workflowrun"),
          List.of("uuid"),
          Optional.empty(),
          new Row(
              "{\"uuid\": \"0b8f5f2e-6f07-4f7a-9d0c-5a5f6f0f4c11\", \"project_id\":"
                  + " \"5f0d7c3a-9a53-4a86-8a3c-0d1d3a5b7c22\", \"name\": \"a run of jobs\","
                  + " \"status\": 1, \"created\": \"2026-11-26T10:00:00+00:00\"}"),
          false);

  @Param({"RODAN", "JSON"})
  public RouteSettings.Format format = RouteSettings.Format.JSON;

  private ChangeRouter router = new ChangeRouter(List.of());

  /** One route for all tables of the profile. */
  @Setup
  public void route() {
    router =
        new ChangeRouter(
            List.of(
                new RouteSettings(
                    List.of(new Glob("public.rodan_*")),
                    List.of(),
                    Topic.broadcast("rodan"),
                    format)));
  }

  /** One change, one route. */
  @Benchmark
  public void routeOneChange(Blackhole hole) {
    Consumer<FacilityMessage> sink = hole::consume;
    router.route(CHANGE, sink);
  }
}
