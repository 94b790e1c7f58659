package dev.rowcast.cli;

import dev.rowcast.auth.IdentityException;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.redis.RedisCheck;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings;
import dev.rowcast.capture.migrate.Migration;
import dev.rowcast.capture.wal.WalCheck;
import dev.rowcast.lookup.DjangoLookup;
import dev.rowcast.lookup.DjangoSource;
import dev.rowcast.postgres.Database;
import dev.rowcast.postgres.DatabaseCheck;
import dev.rowcast.postgres.DatabaseException;
import dev.rowcast.postgres.DatabaseSettings;
import dev.rowcast.redis.RedisSettings;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rowcast doctor}. */
@Command(
    name = "doctor",
    description =
        "Says what works, what does not, and what to change; exits with 1 if something must.",
    footer = {"", "Example: rowcast doctor -c rowcast.yaml"})
final class DoctorCommand implements Callable<Integer> {
  private static final int OLDEST_POSTGRESQL = 130_000;
  private static final double QUEUE_WARNING = 0.1;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  private boolean mustChange;

  @Override
  public Integer call() throws InterruptedException {
    log.apply();
    var settings = options.load().gateway();
    fine("configuration", "read without a problem");
    fine("java", "JDK " + Runtime.version());
    if (settings.database().isPresent()) {
      database(settings.database().get(), settings.capture());
    } else {
      note("database", "none is configured: facility messages alone, no row changes");
    }
    if (settings.redis().isPresent()) {
      redis(settings.redis().get(), settings.hasFeed());
    } else {
      note("redis", "none is configured: one node, messages stay in its memory");
    }
    if (!settings.capture().tables().isEmpty()
        && settings.routes().isEmpty()
        && !settings.hasFeed()) {
      note("routes", "tables are captured, yet no route makes messages of their changes");
    }
    settings.auth().django().ifPresent(this::django);
    return mustChange ? ExitCode.FAILED : ExitCode.FINE;
  }

  private void database(DatabaseSettings settings, CaptureSettings capture) {
    var database = new Database(settings);
    DatabaseCheck check;
    try {
      check = DatabaseCheck.of(database);
    } catch (DatabaseException e) {
      wrong("database", String.valueOf(e.getMessage()));
      return;
    }
    fine("database", database.url() + ", PostgreSQL " + check.version() + ", as " + check.role());
    if (check.versionNumber() < OLDEST_POSTGRESQL) {
      wrong("version", "PostgreSQL " + check.version() + " is too old; 13 or newer is needed");
    }
    if (check.inRecovery()) {
      wrong("role of the server", "it is a standby; name the primary in database.url");
    }
    if (check.preparedTransactions() > 0) {
      note(
          "prepared transactions",
          check.preparedTransactions()
              + " wait to be committed or rolled back, the oldest for "
              + check.oldestPrepared().toSeconds()
              + " s; their changes are heard only then, and their locks stay");
    }
    if (check.notifyQueue() > QUEUE_WARNING) {
      wrong(
          "NOTIFY queue",
          "is full to %.0f %%; when it is full, commits fail: end the session that listens inside"
                  .formatted(check.notifyQueue() * 100)
              + " a long transaction (pg_stat_activity)");
    }
    if (check.pooled()) {
      note(
          "pooler",
          "something stands between us and PostgreSQL that gives connections to others; capture"
              + " needs a session of its own: name the server itself in database.url, or let the"
              + " pooler pool whole sessions");
    }
    capture(database, capture, check);
  }

  private void capture(Database database, CaptureSettings capture, DatabaseCheck check) {
    try {
      var choice = new Migration(database, capture).mode();
      if (choice.mode() == CaptureSettings.Mode.WAL) {
        fine("capture", "by the write-ahead log: " + choice.why());
        choice.against().forEach(line -> wrong("capture", line));
        log(database, capture, check);
      } else {
        fine("capture", "by triggers: " + choice.why());
        choice.against().forEach(line -> note("capture by the log", "cannot be: " + line));
      }
    } catch (CaptureException e) {
      wrong("capture", String.valueOf(e.getMessage()));
      return;
    }
    installation(database, capture, check);
  }

  private void log(Database database, CaptureSettings capture, DatabaseCheck check) {
    if (!check.synchronousCommit().equals("on")) {
      note(
          "synchronous_commit",
          "is "
              + check.synchronousCommit()
              + (check.synchronousCommit().equals("off")
                  ? ": a commit is in the log, and heard, up to 0.6 s later"
                  : ": a commit is heard once the log is written here"));
    }
    if (check.slotKeepSize().equals("-1")) {
      note(
          "max_slot_wal_keep_size",
          "has no bound: while no gateway runs, the log grows until the disk is full; with a bound"
              + " the slot is given up before that, and clients read their data anew");
    }
    try {
      var slot = WalCheck.of(database);
      if (slot.trouble().isPresent()) {
        wrong("replication", slot.trouble().get());
      } else {
        fine("replication", "slot " + slot.slot() + " holds back " + mebibytes(slot.retained()));
      }
      if (slot.retained() > capture.wal().warnRetained().bytes()) {
        wrong(
            "replication",
            "that is more than capture.wal.warn-retained; is a gateway running, and does it"
                + " deliver?");
      }
    } catch (CaptureException | DatabaseException e) {
      wrong("replication", String.valueOf(e.getMessage()));
    }
  }

  private static String mebibytes(long bytes) {
    return "%.1f MiB of log".formatted(bytes / 1048576.0);
  }

  private void installation(Database database, CaptureSettings capture, DatabaseCheck check) {
    if (capture.tables().isEmpty()) {
      note("captured tables", "no tables are configured (capture.tables)");
      return;
    }
    try {
      var plan = new Migration(database, capture).plan();
      if (plan.isEmpty()) {
        fine("captured tables", plan.captured() + " tables are captured as configured");
        return;
      }
      plan.lines().forEach(line -> wrong("captured tables", line));
      wrong(
          "captured tables",
          check.mayCreateSchema()
              ? "'rowcast migrate apply' puts this right"
              : "'rowcast migrate apply', as a role that may create schema rowcast, puts this"
                  + " right");
    } catch (CaptureException e) {
      wrong("captured tables", String.valueOf(e.getMessage()));
    }
  }

  private void redis(RedisSettings settings, boolean hasFeed) throws InterruptedException {
    try {
      var check = RedisCheck.of(settings);
      fine("redis", check.target() + ", version " + check.version());
      if (hasFeed) {
        feed(check);
      }
      var policy = check.evictionPolicy();
      if (policy.isEmpty()) {
        note("redis memory", "it does not tell what it does when its memory is full");
      } else if (!policy.get().equals("noeviction")) {
        note(
            "redis memory",
            "maxmemory-policy is "
                + policy.get()
                + ": when memory is full, last values may go before their time");
      }
    } catch (BusException e) {
      wrong("redis", String.valueOf(e.getMessage()));
    }
  }

  private void django(DjangoSource source) {
    try (var lookup = new DjangoLookup(source, InstantSource.system(), Ticker.SYSTEM)) {
      lookup.check();
      fine("auth.django", "sessions and users can be read");
    } catch (IdentityException e) {
      wrong("auth.django", String.valueOf(e.getMessage()));
    }
    if (source.reading().keys().isEmpty()) {
      note(
          "auth.django",
          "without auth.django.secret-key whoever can write sessions can be anybody, and a changed"
              + " password ends none");
    }
  }

  private void feed(RedisCheck check) {
    if (check.version().matches("([0-5]|6\\.[01])\\..*")) {
      wrong("feed", "Redis " + check.version() + " is too old for the feed; it needs 6.2 or newer");
    }
    if (check.evictionPolicy().filter(policy -> policy.startsWith("allkeys")).isPresent()) {
      wrong("feed", "maxmemory-policy may evict the feed, after which every client reloads");
    }
    if (check.mayDamageStreams()) {
      note(
          "feed",
          "this Redis allocates as its C library does (mem_allocator:libc); where that is musl, as"
              + " on Alpine, XADD may damage a stream and end the server: use one that is built"
              + " with jemalloc, or start it with --stream-node-max-bytes 1");
    }
  }

  private void fine(String part, String detail) {
    print("ok  ", part, detail);
  }

  private void note(String part, String detail) {
    print("note", part, detail);
  }

  private void wrong(String part, String detail) {
    mustChange = true;
    print("BAD ", part, detail);
  }

  private void print(String verdict, String part, String detail) {
    spec.commandLine().getOut().println(verdict + "  " + part + ": " + detail);
  }
}
