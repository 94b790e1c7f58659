package dev.rowcast.auth.jwt;

import com.nimbusds.jose.jwk.JWKSet;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.base.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes (RFC 7517), fetched when needed and kept.
 *
 * <p>Thread-safe. Whoever comes while a fetch is under way waits for it; there is never more than
 * one, and never two within {@link #PAUSE}: tokens with invented key names cannot make us ask the
 * issuer more often. An issuer that is away is none of the clients' business while the keys it
 * published last are there.
 */
final class RemoteKeys implements KeySource {
  /** After this time a set is fetched anew before it is used: a key taken back is noticed. */
  static final Duration KEEP = Duration.ofMinutes(10);

  /** No two fetches come closer. */
  static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(RemoteKeys.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long MOST_BYTES = 1 << 20;

  /** What was fetched last. */
  private record Fetched(List<VerificationKey> keys, long at) {}

  private final URI address;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http;
  private final Ticker ticker;

  private final Object lock = new Object();
  private @Nullable Fetched fetched;
  private @Nullable FutureTask<Fetched> fetching;
  private long attempted;
  private boolean everAttempted;

  RemoteKeys(URI address, Ticker ticker) {
    this.address = address;
    this.ticker = ticker;
    this.http =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .executor(threads)
            .build();
  }

  @Override
  public List<VerificationKey> keys(Optional<String> id) {
    var now = ticker.nanoTime();
    Fetched known;
    FutureTask<Fetched> task;
    var mine = false;
    synchronized (lock) {
      known = fetched;
      if (known != null && now - known.at() < KEEP.toNanos() && holds(known, id)) {
        return known.keys();
      }
      task = fetching;
      if (task == null && (!everAttempted || now - attempted >= PAUSE.toNanos())) {
        task = new FutureTask<>(this::fetch);
        fetching = task;
        attempted = now;
        everAttempted = true;
        mine = true;
      }
    }
    if (task != null) {
      known = result(task, mine, known);
    }
    if (known == null) {
      throw new IdentityException("the keys at " + address + " could not be fetched", true);
    }
    return known.keys();
  }

  private static boolean holds(Fetched known, Optional<String> id) {
    return id.isEmpty() || known.keys().stream().anyMatch(key -> key.id().equals(id));
  }

  private @Nullable Fetched result(
      FutureTask<Fetched> task, boolean mine, @Nullable Fetched before) {
    if (mine) {
      task.run();
    }
    try {
      var result = task.get();
      if (mine) {
        settle(result);
      }
      return result;
    } catch (ExecutionException e) {
      if (mine) {
        settle(null);
        LOG.warn("the keys at {} could not be fetched: {}", address, reason(e));
      }
      return before;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted", true, e);
    }
  }

  /** Only who ran the task ends it: the others merely waited. */
  private void settle(@Nullable Fetched result) {
    synchronized (lock) {
      fetching = null;
      if (result != null) {
        fetched = result;
      }
    }
  }

  private Fetched fetch() throws IOException, InterruptedException, ParseException {
    var request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    var response = http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
    if (response.statusCode() != 200) {
      throw new IOException("the answer is " + response.statusCode());
    }
    var keys =
        JWKSet.parse(response.body()).getKeys().stream()
            .flatMap(key -> VerificationKey.of(key).stream())
            .toList();
    LOG.info("{} keys fetched from {}", keys.size(), address);
    return new Fetched(keys, ticker.nanoTime());
  }

  private static String reason(ExecutionException failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  @Override
  public void close() {
    http.shutdownNow();
    threads.shutdownNow();
  }
}
