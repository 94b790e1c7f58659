package dev.rowcast.auth.webhook;

import dev.rowcast.auth.Handshake;
import dev.rowcast.auth.Identity;
import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.IdentityProvider;
import dev.rowcast.auth.Proof;
import dev.rowcast.auth.Recognition;
import dev.rowcast.auth.Remembered;
import dev.rowcast.base.Ticker;
import dev.rowcast.message.CloseReason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recognises whom the application recognises: asks it by HTTP with the client's own headers.
 *
 * <p>Thread-safe; blocks until the application answers or its time is over. At most {@link
 * #AT_ONCE} questions are under way; who finds no place within the time-out fails as if the
 * application were away.
 *
 * <pre>
 *   GET url                                  200 {"user": "ann", "groups": ["staff"],
 *   X-Forwarded-Method: GET                       "session": "k", "allow": ["subscribe-user"],
 *   X-Forwarded-Uri: /ws/room?echo                "expires_in": 600}, every key optional
 *   X-Forwarded-For: 203.0.113.7             204, 404: nobody it knows
 *   Cookie: …, Authorization: …              401: a dead credential    403: may not connect
 * </pre>
 */
public final class Webhook implements IdentityProvider {
  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
  private static final int AT_ONCE = 64;
  private static final long MOST_BYTES = 64 * 1024;

  /** What is asked, and what an answer is remembered by; holds secrets. */
  private record Question(String target, String address, Map<String, List<String>> headers) {
    @Override
    public String toString() {
      return "a question";
    }
  }

  /** An answer, and when it ends. */
  private record Answered(Answer answer, Optional<Instant> expires) {}

  private final WebhookSettings settings;
  private final InstantSource clock;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Breaker breaker;
  private final Remembered<Question, Answered> answers;

  /** Asks nobody yet. */
  public Webhook(WebhookSettings settings, InstantSource clock, Ticker ticker) {
    this.settings = settings;
    this.clock = clock;
    this.breaker = new Breaker(ticker);
    this.answers = new Remembered<>(settings.cache(), ticker);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .executor(threads)
            .build();
  }

  @Override
  public Recognition identify(Handshake handshake) {
    var forwarded = new TreeMap<String, List<String>>();
    for (var name : settings.forward()) {
      var values = handshake.headers().get(name);
      if (values != null) {
        forwarded.put(name, values);
      }
    }
    if (forwarded.isEmpty()) {
      return new Recognition.Unknown();
    }
    var question = new Question(target(handshake), handshake.remote().getHostAddress(), forwarded);
    return recognised(question, answer(question));
  }

  @Override
  public void forget() {
    answers.clear();
  }

  @Override
  public void close() {
    http.shutdownNow();
    threads.shutdownNow();
  }

  private Recognition recognised(Question question, Answered answered) {
    return switch (answered.answer()) {
      case Answer.Somebody who ->
          new Recognition.Known(
              new Identity(who.user(), who.groups(), who.session(), who.claims()),
              who.may(),
              answered.expires(),
              Optional.of(() -> standing(question, who)));
      case Answer.Nobody() -> new Recognition.Unknown();
      case Answer.Rejected() ->
          new Recognition.Rejected(
              CloseReason.UNRECOGNISED, "the application does not accept what a client shows");
      case Answer.Forbidden() -> new Recognition.Forbidden();
    };
  }

  /** Who may hear less than before is somebody else as far as an open connection goes. */
  private Proof.Standing standing(Question question, Answer.Somebody before) {
    var now = answer(question);
    return now.answer() instanceof Answer.Somebody who
            && who.user().equals(before.user())
            && who.session().equals(before.session())
            && who.groups().containsAll(before.groups())
            && who.claims().equals(before.claims())
            && who.may().containsAll(before.may())
        ? new Proof.Standing.Holds(now.expires())
        : new Proof.Standing.Gone(CloseReason.REVOKED);
  }

  private Answered answer(Question question) {
    return answers.get(question, () -> ask(question));
  }

  private Answered ask(Question question) {
    var request = request(question);
    if (request.isEmpty()) {
      return new Answered(new Answer.Nobody(), Optional.empty());
    }
    if (!breaker.allows()) {
      throw new IdentityException("auth.webhook is not asked while it does not answer", true);
    }
    try {
      if (!places.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IdentityException("auth.webhook has too many questions to answer", true);
      }
      try {
        return understood(send(request.get()));
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IdentityException("interrupted", true, e);
    }
  }

  /** Only an application that is away or broken opens the breaker: a client cannot do it. */
  private HttpResponse<String> send(HttpRequest request) throws InterruptedException {
    try {
      var response = http.send(request, BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
      if (response.statusCode() < 500) {
        breaker.succeeded();
        return response;
      }
      throw new IOException("the answer is " + response.statusCode());
    } catch (IOException e) {
      if (breaker.failed()) {
        LOG.warn("auth.webhook is left alone for {}: {}", Breaker.PAUSE, e.getMessage());
      }
      throw silent(e);
    }
  }

  private Answered understood(HttpResponse<String> response) {
    try {
      var answer = Answer.of(response.statusCode(), response.body());
      var expires =
          answer instanceof Answer.Somebody who
              ? who.lasts().map(time -> clock.instant().plus(time))
              : Optional.<Instant>empty();
      return new Answered(answer, expires);
    } catch (IllegalArgumentException e) {
      throw silent(e);
    }
  }

  private IdentityException silent(Exception cause) {
    return new IdentityException(
        "auth.webhook at " + settings.url() + " gives no answer: " + cause.getMessage(),
        true,
        cause);
  }

  /** Empty for a header that HTTP does not allow: no application knows such a client. */
  private Optional<HttpRequest> request(Question question) {
    var request =
        HttpRequest.newBuilder(settings.url())
            .timeout(settings.timeout())
            .header("Accept", "application/json")
            .header("X-Forwarded-Method", "GET");
    try {
      request.header("X-Forwarded-Uri", question.target());
      request.header("X-Forwarded-For", question.address());
      question
          .headers()
          .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
      return Optional.of(request.build());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** The path was decoded and is encoded again, so that nothing in it can end the line. */
  private static String target(Handshake handshake) {
    var target = new StringBuilder();
    for (var octet : handshake.path().getBytes(StandardCharsets.UTF_8)) {
      var c = (char) (octet & 0xFF);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/!$&'()*+,;=:@".indexOf(c) >= 0)) {
        target.append(c);
      } else {
        target.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      }
    }
    return handshake.query().isEmpty()
        ? target.toString()
        : target.append('?').append(handshake.query()).toString();
  }
}
