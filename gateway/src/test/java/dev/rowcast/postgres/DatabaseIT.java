package dev.rowcast.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.base.Secret;
import dev.rowcast.embedded.EmbeddedPostgres;
import dev.rowcast.embedded.PostgresOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabaseIT {
  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() {
    server = EmbeddedPostgres.start(PostgresOptions.forTests());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void opensUnderTheNameOfTheRole() throws Exception {
    try (var connection = database(server.url()).open("rowcast reader");
        var rows =
            connection
                .createStatement()
                .executeQuery("SELECT current_setting('application_name')")) {
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("rowcast reader");
      assertThat(connection.getNetworkTimeout()).isEqualTo(60_000);
    }
  }

  @Test
  void goesOnToTheNextHost() throws Exception {
    int closed;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    var url =
        "postgresql://postgres@127.0.0.1:%d,127.0.0.1:%d/postgres?target_session_attrs=primary"
            .formatted(closed, server.port());

    try (var connection = database(url).open("test")) {
      assertThat(connection.isValid(1)).isTrue();
    }
  }

  @Test
  void refusalsAreSentencesWithoutThePassword() {
    assertThatThrownBy(() ->
            database("postgresql://postgres:geheim@127.0.0.1:" + server.port() + "/nowhere")
                .open("test"))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("the database 'nowhere' does not exist")
        .hasMessageNotContaining("geheim")
        .satisfies(failure -> assertThat(((DatabaseException) failure).retryable()).isFalse());
    assertThatThrownBy(() ->
            database("postgresql://nobody:geheim@127.0.0.1:" + server.port() + "/postgres")
                .open("test"))
        .hasMessageContaining("does not let user 'nobody' in")
        .hasMessageNotContaining("geheim");
    assertThatThrownBy(() -> database("postgresql://u:geheim@127.0.0.1:1/d").open("test"))
        .hasMessageContaining("cannot reach PostgreSQL at postgresql://127.0.0.1:1/d")
        .hasMessageNotContaining("geheim")
        .satisfies(failure -> assertThat(((DatabaseException) failure).retryable()).isTrue());
  }

  private static Database database(String url) {
    return new Database(new DatabaseSettings(new Secret(url), Optional.empty()), Map.of());
  }
}
