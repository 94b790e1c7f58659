package dev.rowcast.capture.wal;

import dev.rowcast.base.Ticker;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.ReplicationConnection;
import dev.rowcast.postgres.SqlResource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Holds the slot, reads the log, and tells PostgreSQL how far it was delivered.
 *
 * <p>Opened on the capture's thread; then everything of it runs on a platform thread of its own,
 * because it blocks in the driver, except {@link #close}.
 *
 * <p>PostgreSQL hears from here at least once a second, whatever the deliverer is doing: a blocked
 * Redis must not cost the slot. A process that is stopped does not answer, and loses it after
 * {@code wal_sender_timeout}, which {@code reader.sql} sets.
 *
 * <p>What is confirmed is what the deliverer says, never what was only read. The reader tells it up
 * to which place PostgreSQL had nothing for us, so that a slot whose tables are idle lets the log
 * go.
 */
final class WalReader implements AutoCloseable {
  private static final SqlResource SESSION = SqlResource.of(WalReader.class, "reader.sql");
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration GRACE = Duration.ofSeconds(1);
  // json may be nested deeply, and is read by recursion.
  private static final long STACK = 64L << 20;

  private final ReplicationConnection connection;
  private final CatalogueFacts facts;
  private final Handover handover;
  private final Ticker ticker;
  private final Continuity.Server server;
  private @Nullable Thread thread;
  private volatile boolean closed;

  private @Nullable TransactionAssembler assembler;
  private long seen = Lsn.NONE;
  private long reported = Lsn.NONE;
  private long reportedAt;
  private long serverClock;
  private boolean answerDue;

  private WalReader(
      ReplicationConnection connection,
      CatalogueFacts facts,
      Handover handover,
      Continuity.Server server,
      Ticker ticker) {
    this.connection = connection;
    this.facts = facts;
    this.handover = handover;
    this.server = server;
    this.ticker = ticker;
    this.reportedAt = ticker.nanoTime();
  }

  /** Connects; reads nothing yet. */
  static WalReader open(Database database, Handover handover, Ticker ticker) throws SQLException {
    var connection = database.replicate("rowcast capture stream");
    try {
      try (var statement = connection.connection().createStatement()) {
        statement.execute(SESSION.text());
      }
      return new WalReader(
          connection, CatalogueFacts.open(database), handover, identify(connection), ticker);
    } catch (SQLException | DatabaseException failure) {
      connection.close();
      throw failure;
    }
  }

  private static Continuity.Server identify(ReplicationConnection connection) throws SQLException {
    try (var statement = connection.connection().createStatement();
        var row = statement.executeQuery("IDENTIFY_SYSTEM")) {
      row.next();
      return new Continuity.Server(
          row.getString("systemid"), row.getInt("timeline"), Lsn.parse(row.getString("xlogpos")));
    }
  }

  /** The server that is read from. */
  Continuity.Server server() {
    return server;
  }

  /** The history of a timeline, as its file says. Before {@link #start} only. */
  String history(int timeline) throws SQLException {
    try (var statement = connection.connection().createStatement();
        var row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
      row.next();
      return new String(row.getBytes("content"), StandardCharsets.UTF_8);
    }
  }

  /**
   * Takes the slot and begins to read where it was confirmed last.
   *
   * @return false when another node holds it
   */
  boolean start(SlotKeeper.Slot slot, WalSettings settings) throws SQLException {
    try {
      connection.start(
          "START_REPLICATION SLOT "
              + quoted(slot.name())
              + " LOGICAL 0/0 (proto_version '1', publication_names '"
              + quoted(slot.publication()).replace("'", "''")
              + "'"
              + (slot.sendsMessages() ? ", messages 'true'" : "")
              + ")");
    } catch (SQLException failure) {
      if ("55006".equals(failure.getSQLState())) {
        return false;
      }
      throw failure;
    }
    assembler =
        new TransactionAssembler(
            facts, new ValueWriter(facts), settings.maxRow(), new WideXid(xid()), slot.secret());
    thread = Thread.ofPlatform().name("rowcast-wal").stackSize(STACK).daemon().start(this::readAll);
    return true;
  }

  private long xid() throws SQLException {
    return facts.currentXid();
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void readAll() {
    try {
      while (!closed) {
        var message = connection.poll();
        if (message == null) {
          message = connection.await(TICK);
        }
        if (message != null) {
          take(ByteBuffer.wrap(message));
        }
        report();
      }
    } catch (SQLException | RuntimeException | Error failure) {
      handover.fail(failure);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** XLogData or a keepalive (PostgreSQL manual, "Streaming Replication Protocol"). */
  private void take(ByteBuffer message) throws SQLException, InterruptedException {
    switch (message.get()) {
      case 'w' -> {
        message.getLong();
        message.getLong();
        serverClock = message.getLong();
        decoded(message);
      }
      case 'k' -> {
        var end = message.getLong();
        serverClock = message.getLong();
        answerDue |= message.get() != 0;
        if (!assembler().isOpen()) {
          seen(end);
        }
      }
      default -> {}
    }
  }

  private void decoded(ByteBuffer message) throws SQLException, InterruptedException {
    var part = assembler().add(PgOutputDecoder.decode(message));
    if (part == null) {
      return;
    }
    if (!part.transaction().changes().isEmpty()) {
      while (!handover.offer(part, TICK)) {
        report();
      }
    }
    if (part.endLsn() != Lsn.NONE) {
      seen(part.endLsn());
    }
  }

  private void seen(long place) {
    seen = Lsn.later(seen, place);
    handover.pass(seen);
  }

  private TransactionAssembler assembler() {
    if (assembler == null) {
      throw new IllegalStateException("not started");
    }
    return assembler;
  }

  /** Says how far everything was delivered, if that is news, or asked for, or long ago. */
  private void report() throws SQLException {
    var now = ticker.nanoTime();
    var since = now - reportedAt;
    if (since < TICK.toNanos() && !answerDue) {
      return;
    }
    var confirmed = handover.confirmed();
    if (answerDue || since >= SILENCE.toNanos() || Lsn.isAfter(confirmed, reported)) {
      reported = Lsn.later(reported, confirmed);
      connection.send(status(false));
      reportedAt = now;
      answerDue = false;
    }
  }

  private byte[] status(boolean answer) {
    return ByteBuffer.allocate(34)
        .put((byte) 'r')
        .putLong(Lsn.later(seen, reported))
        .putLong(reported)
        .putLong(reported)
        .putLong(serverClock)
        .put((byte) (answer ? 1 : 0))
        .array();
  }

  /** Gives the slot back: waits for the reading thread, tells what was delivered last, and ends. */
  @Override
  public void close() throws SQLException {
    closed = true;
    handover.end();
    var running = thread;
    try {
      if (running != null && end(running)) {
        sayFarewell();
      }
    } finally {
      connection.close();
      facts.close();
    }
  }

  /**
   * Waits for the reading thread, which looks up every tick; true when it stopped by itself, and so
   * between two messages.
   */
  private boolean end(Thread running) {
    var interrupted = Thread.interrupted();
    var byItself = true;
    while (running.isAlive()) {
      try {
        if (!running.join(GRACE)) {
          byItself = false;
          connection.cutShort();
        }
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return byItself;
  }

  /** Reports once more, and waits until the server has read it: what is closed at once is lost. */
  private void sayFarewell() {
    var deadline = ticker.nanoTime() + GRACE.toNanos();
    try {
      reported = Lsn.later(reported, handover.confirmed());
      connection.send(status(true));
      byte @Nullable [] answer;
      do {
        answer = connection.await(TICK);
      } while ((answer == null || answer[0] != 'k') && ticker.nanoTime() - deadline < 0);
    } catch (SQLException _) {
      // The connection has ended already: what it did not hear will be sent, and delivered, again.
    }
  }
}
