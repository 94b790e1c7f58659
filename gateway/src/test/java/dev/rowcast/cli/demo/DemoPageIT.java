package dev.rowcast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.testing.Browser;
import dev.rowcast.testing.RedisWire;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, before the whole path: a committed row, its trigger, Redis, a
 * WebSocket, the screen. It is never loaded a second time.
 */
final class DemoPageIT {
  private static final Endpoint ANY = new Endpoint("127.0.0.1", 0);
  private static final String OPEN =
      "document.querySelector('#link').dataset.state === 'open'"
          + " && document.querySelectorAll('#lines pre').length === 2";

  @TempDir private Path folder = Path.of("");

  @Test
  void theScreenFollowsTheDatabaseAndRedisAndARestart() throws SQLException, IOException {
    try (var browser = Browser.require(folder.resolve("browser"))) {
      Endpoint address;
      try (var demo = demo(ANY)) {
        address = demo.endpoint();
        browser.open("http://" + address + "/");
        browser.run("window.loadedOnce = true");
        browser.until(OPEN);
        followsARow(browser, demo);
        showsNothingOfARollback(browser, demo);
        showsAMessageFromRedis(browser, demo);
        sendsAMessageAsText(browser);
        changesRowsByItsButtons(browser);
        assertThat(browser.complaints()).isEmpty();
        fitsAPhone(browser);
      }
      browser.until("document.querySelector('#link').dataset.state === 'closed'");
      try (var again = demo(address)) {
        browser.until(OPEN);
        run(again, "INSERT INTO rodan_workflowrun (name) VALUES ('After the restart')");
        browser.until(isShown("After the restart"));
      }
      assertThat(browser.text("window.loadedOnce")).isEqualTo("true");
    }
  }

  private static void followsARow(Browser browser, Demo demo) throws SQLException {
    run(demo, "INSERT INTO rodan_workflowrun (name) VALUES ('Typed by hand')");
    browser.until(isShown("Typed by hand"));
    browser.until(status("Typed by hand") + " === 'scheduled'");
    run(demo, "UPDATE rodan_workflowrun SET status = 4 WHERE name = 'Typed by hand'");
    browser.until(status("Typed by hand") + " === 'finished'");
    run(
        demo,
        "INSERT INTO rodan_runjob (workflow_run_id, job_name, status)"
            + " SELECT uuid, 'One job', 1 FROM rodan_workflowrun WHERE name = 'Typed by hand'");
    browser.until(row("Typed by hand") + "?.querySelector('.now').textContent === 'One job'");
    run(demo, "UPDATE rodan_project SET name = 'Renamed' WHERE name LIKE 'Salzinnes%'");
    browser.until(
        row("Typed by hand") + "?.querySelector('.where').textContent.startsWith('Renamed')");
    run(demo, "DELETE FROM rodan_workflowrun WHERE name = 'Typed by hand'");
    browser.until("!(" + isShown("Typed by hand") + ")");
  }

  private static void showsNothingOfARollback(Browser browser, Demo demo) throws SQLException {
    run(
        demo,
        "BEGIN; INSERT INTO rodan_workflowrun (name) VALUES ('Never was'); ROLLBACK;"
            + " INSERT INTO rodan_workflowrun (name) VALUES ('Was')");
    browser.until(isShown("Was"));
    assertThat(browser.text(isShown("Never was"))).isEqualTo("false");
    assertThat(browser.text(framesWith("\"status\": \"created\", \"project\"") + ".length"))
        .as("one frame each of 'Typed by hand' and 'Was'")
        .isEqualTo("2");
  }

  private static void showsAMessageFromRedis(Browser browser, Demo demo) throws IOException {
    var redis = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), demo.redisPort());
    try (var wire = RedisWire.open(redis)) {
      assertThat(wire.number("PUBLISH", "rodan:broadcast:rodan", "Hello from redis-cli"))
          .as("the gateway's one subscription")
          .isEqualTo(1);
    }
    browser.until(framesWith("Hello from redis-cli") + ".length === 1");
  }

  private static void sendsAMessageAsText(Browser browser) {
    browser.run(
        "document.querySelector('#text').value = '<img src=x onerror=window.injected=1>';"
            + " document.querySelector('#send').requestSubmit()");
    browser.until(framesWith("<img src=x") + ".length === 1");
    assertThat(browser.text("document.querySelectorAll('img').length + ' ' + window.injected"))
        .isEqualTo("0 undefined");
  }

  private static void changesRowsByItsButtons(Browser browser) {
    var name = "Inserted on the page";
    browser.run("document.querySelector('#insert').click()");
    browser.until(isShown(name));
    browser.run(row(name) + ".querySelector('[data-act=cancel]').click()");
    browser.until(status(name) + " === 'cancelled'");
    browser.run(row(name) + ".querySelector('[data-act=delete]').click()");
    browser.until("!(" + isShown(name) + ")");
  }

  private static void fitsAPhone(Browser browser) throws IOException {
    var pictures = Files.createDirectories(Path.of("target", "screenshots"));
    browser.resize(1280, 960);
    browser.photograph(pictures.resolve("demo-wide.png"));
    browser.resize(360, 780);
    browser.until("document.documentElement.scrollWidth === 360");
    browser.photograph(pictures.resolve("demo-phone.png"));
  }

  private static String row(String name) {
    return "[...document.querySelectorAll('#runs tr:not(.gone)')]"
        + ".find(it => it.querySelector('.name').textContent === '"
        + name
        + "')";
  }

  private static String isShown(String name) {
    return row(name) + " !== undefined";
  }

  private static String status(String name) {
    return row(name) + "?.querySelector('.pill').textContent";
  }

  private static String framesWith(String text) {
    return "[...document.querySelectorAll('#frames span')]"
        + ".filter(it => it.textContent.includes('"
        + text
        + "'))";
  }

  private Demo demo(Endpoint listen) {
    var quiet = new PrintWriter(Writer.nullWriter());
    return new Demo(listen, folder.resolve("data"), false, quiet, Ticker.SYSTEM);
  }

  private static void run(Demo demo, String sql) throws SQLException {
    var settings = new DatabaseSettings(new Secret(demo.databaseUrl()), Optional.empty());
    try (var connection = new Database(settings, Map.of()).open("test");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
