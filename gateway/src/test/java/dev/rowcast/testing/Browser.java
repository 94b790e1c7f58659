package dev.rowcast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * A headless Chromium with a profile of its own.
 *
 * <p>Confined to the thread that uses it.
 */
public final class Browser implements AutoCloseable {
  /** Three heartbeats of ws4redis's idle loop take twelve seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** A browser; a test is skipped, with a line that says so, where there is none. */
  public static Browser require(Path profile) {
    Optional<Path> chromium = firstOf("/usr/bin/chromium", "/usr/bin/chromium-browser");
    Optional<Path> chromedriver =
        firstOf("/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      String reason = "no Chromium with its driver in /usr/bin, so no browser was tried";
      System.out.println(reason);
      Assumptions.abort(reason);
    }
    var options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow().toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.orElseThrow().toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  private static Optional<Path> firstOf(String... paths) {
    return Stream.of(paths).map(Path::of).filter(Files::isExecutable).findFirst();
  }

  /** Goes to a page and waits until it is loaded. */
  public void open(String url) {
    driver.get(url);
  }

  /** Runs a statement in the page. */
  public void run(String statement) {
    driver.executeScript(statement);
  }

  /** Waits until an expression of the page is true. */
  public void until(String expression) {
    Awaitility.await(expression)
        .pollInSameThread()
        .atMost(PATIENCE)
        .until(() -> Boolean.TRUE.equals(driver.executeScript("return " + expression)));
  }

  /** What an expression of the page is, as text. */
  public String text(String expression) {
    return String.valueOf(driver.executeScript("return String(" + expression + ")"));
  }

  /** Shows the page as a screen of this width and height would. */
  public void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** What the page complained of since the last call: script errors, refused resources. */
  public List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** The screen as it is, for people to look at. */
  public void photograph(Path file) {
    try {
      Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
