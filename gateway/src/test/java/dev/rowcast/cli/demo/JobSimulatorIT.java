package dev.rowcast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulator works, cleans up after itself, and survives its database. */
final class JobSimulatorIT {
  private static EmbeddedPostgres postgres;

  private final DemoDatabase database = new DemoDatabase(JobSimulatorIT::open);

  @BeforeAll
  static void startPostgres() {
    postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  @BeforeEach
  void emptyTables() throws SQLException {
    database.prepare();
    database.prepare();
    run("DELETE FROM rodan_workflowrun");
  }

  @AfterEach
  void closeDatabase() {
    database.close();
  }

  @Test
  void runsComeToAnEndAndFewAreKept() throws SQLException {
    try (var simulator = new JobSimulator(JobSimulatorIT::open, new Random(7));
        var connection = open()) {
      connection.setAutoCommit(false);
      for (var step = 0; step < 600; step++) {
        simulator.step(connection);
      }
    }
    assertThat(count("rodan_workflowrun WHERE status IN (0, 1, 2)")).isBetween(1L, 4L);
    assertThat(count("rodan_workflowrun WHERE status IN (4, -1)")).isEqualTo(JobSimulator.KEPT);
    assertThat(count("rodan_workflowrun WHERE name = 'Rolled back'")).isZero();
    assertThat(count("rodan_resource WHERE workflow_run_id IS NOT NULL"))
        .isEqualTo(count("rodan_workflowrun WHERE status = 4"));
    assertThat(
            count(
                "rodan_workflowrun r JOIN rodan_runjob j ON j.workflow_run_id = r.uuid"
                    + " WHERE r.status IN (4, -1) AND j.status IN (0, 1, 2)"))
        .as("unfinished jobs of ended runs")
        .isZero();
  }

  @Test
  void aRunTypedByHandIsAdopted() throws SQLException {
    run("INSERT INTO rodan_workflowrun (name) VALUES ('By hand')");
    try (var simulator = new JobSimulator(JobSimulatorIT::open, new Random(1))) {
      simulator.start();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() ->
              count(
                      "rodan_runjob j JOIN rodan_workflowrun r ON r.uuid = j.workflow_run_id WHERE"
                          + " r.name = 'By hand' AND j.status <> 0")
                  > 0);
    }
  }

  @Test
  void deletedProjectsComeBack() throws SQLException {
    run("DELETE FROM rodan_project");
    try (var simulator = new JobSimulator(JobSimulatorIT::open, new Random(2));
        var connection = open()) {
      connection.setAutoCommit(false);
      for (var step = 0; step < 60; step++) {
        simulator.step(connection);
      }
    }
    assertThat(count("rodan_project")).isEqualTo(2);
    assertThat(count("rodan_workflowrun")).isPositive();
  }

  @Test
  void goesOnAfterTheDatabaseWasKilled() throws SQLException {
    try (var simulator = new JobSimulator(JobSimulatorIT::open, new Random(3))) {
      simulator.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> count("rodan_runjob") > 0);
      postgres.kill();
      postgres.startAgain();
      run("DELETE FROM rodan_workflowrun");
      await().atMost(Duration.ofSeconds(30)).until(() -> count("rodan_runjob") > 0);
      // The page's own connections notice as well.
      assertThat(database.board(5)).contains("\"model\": \"runjob\"");
    }
  }

  private static Connection open() throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl("postgres"));
  }

  private static void run(String sql) throws SQLException {
    try (var connection = open();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long count(String from) throws SQLException {
    try (var connection = open();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT count(*) FROM " + from)) {
      result.next();
      return result.getLong(1);
    }
  }
}
