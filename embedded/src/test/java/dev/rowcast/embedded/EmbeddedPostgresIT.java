package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddedPostgresIT {

  @ParameterizedTest
  @ValueSource(ints = {13, 18})
  void answersAsTheVersionAskedFor(int major) throws SQLException {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests().version(major))) {
      assertThat(ask(postgres, "SHOW server_version")).startsWith(major + ".");
      assertThat(ask(postgres, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(ask(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
    }
  }

  @Test
  void keepsCommittedRowsThroughStopAndKill() throws SQLException {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests())) {
      tell(postgres, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)");

      postgres.stop();
      assertThat(postgres.isRunning()).isFalse();
      postgres.startAgain();
      tell(postgres, "INSERT INTO kept VALUES (2)");
      postgres.kill();
      postgres.startAgain();

      assertThat(ask(postgres, "SELECT sum(n) FROM kept")).isEqualTo("3");
    }
  }

  @Test
  void pausedServerAnswersWhenResumed() throws Exception {
    try (var postgres = EmbeddedPostgres.start(PostgresOptions.forTests())) {
      postgres.pause();
      var answer =
          java.util.concurrent.CompletableFuture.supplyAsync(() -> {
            try {
              return ask(postgres, "SELECT 'awake'");
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      assertThatThrownBy(() -> answer.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);

      postgres.resume();

      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("awake");
    }
  }

  @Test
  void dataFolderOutlivesTheServer(@TempDir Path folder) throws SQLException {
    var options = PostgresOptions.forTests().in(folder.resolve("data"));
    try (var first = EmbeddedPostgres.start(options)) {
      tell(first, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
    }

    try (var second = EmbeddedPostgres.start(options)) {
      assertThat(ask(second, "SELECT n FROM kept")).isEqualTo("7");
    }
  }

  @Test
  void temporaryFolderIsGoneAfterClose() {
    var postgres = EmbeddedPostgres.start(PostgresOptions.forTests());
    var log = postgres.log();
    assertThat(log).exists();

    postgres.close();

    assertThat(log.getParent()).doesNotExist();
  }

  @Test
  void takenPortIsOneSentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var options = PostgresOptions.forTests().onPort(taken.getLocalPort());

      assertThatThrownBy(() -> EmbeddedPostgres.start(options))
          .isInstanceOf(EmbeddedException.class)
          .hasMessage(
              "Port " + taken.getLocalPort() + " of 127.0.0.1, wanted for PostgreSQL, is taken.");
    }
  }

  @Test
  void folderThatCannotBeWrittenIsOneSentence(@TempDir Path folder) throws Exception {
    var file = Files.writeString(folder.resolve("file"), "in the way");
    var options = PostgresOptions.forTests().in(file.resolve("data"));

    assertThatThrownBy(() -> EmbeddedPostgres.start(options))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("The data folder " + file.resolve("data") + " cannot be written to");
  }

  @Test
  void missingVersionIsOneSentence() {
    assertThatThrownBy(() -> EmbeddedPostgres.start(PostgresOptions.forTests().version(12)))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("No PostgreSQL 12 for this platform");
  }

  private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var rows = connection.createStatement().executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void tell(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
