package dev.rowcast.postgres;

import dev.rowcast.base.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * One PostgreSQL database, to which connections can be opened.
 *
 * <p>Thread-safe.
 *
 * <p>No pool: every role (leader, migration, checks) holds one connection of its own for as long as
 * it needs it. A connection that hears nothing for {@link #SOCKET_TIMEOUT} while it waits for an
 * answer fails instead of hanging; whoever waits longer on purpose (LISTEN) says so with {@link
 * Connection#setNetworkTimeout}.
 */
public final class Database {
  /** How long a host may take to accept. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** How long an answer may take. */
  public static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);

  private final DatabaseUrl url;
  private final Optional<Secret> password;

  /**
   * Reads the settings with this process's environment behind them; connects to nothing.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public Database(DatabaseSettings settings) {
    this(settings, System.getenv());
  }

  /** As {@link #Database(DatabaseSettings)}, with the environment given. */
  public Database(DatabaseSettings settings, Map<String, String> environment) {
    this.url = DatabaseUrl.parse(settings.url().reveal(), environment);
    this.password = settings.password().or(url::password);
  }

  /** Where this is; its text form holds no password. */
  public DatabaseUrl url() {
    return url;
  }

  /**
   * Opens a connection in auto-commit mode, which the caller closes.
   *
   * @param applicationName what {@code pg_stat_activity} shows, unless the URL names another
   * @throws DatabaseException when no host lets us in
   */
  public Connection open(String applicationName) {
    return open(applicationName, new Properties());
  }

  /**
   * Opens a connection that can wait for what the server says unasked, for LISTEN.
   *
   * @throws DatabaseException when no host lets us in
   */
  public ListeningConnection listen(String applicationName) {
    var properties = new Properties();
    PGProperty.SOCKET_FACTORY.set(properties, AwaitableSocket.Factory.class.getName());
    var made = new AtomicReference<AwaitableSocket>();
    var connection =
        ScopedValue.where(AwaitableSocket.Factory.MADE, made)
            .call(() -> open(applicationName, properties));
    return new ListeningConnection(connection, Objects.requireNonNull(made.get()));
  }

  /**
   * Opens a connection in replication mode, which also takes statements in the simple protocol.
   *
   * @throws DatabaseException when no host lets us in, or the role has not the right REPLICATION
   */
  public ReplicationConnection replicate(String applicationName) {
    var properties = new Properties();
    PGProperty.SOCKET_FACTORY.set(properties, AwaitableSocket.Factory.class.getName());
    PGProperty.REPLICATION.set(properties, "database");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
    var made = new AtomicReference<AwaitableSocket>();
    var connection =
        ScopedValue.where(AwaitableSocket.Factory.MADE, made)
            .call(() -> open(applicationName, properties));
    return new ReplicationConnection(connection, Objects.requireNonNull(made.get()));
  }

  private Connection open(String applicationName, Properties properties) {
    PGProperty.USER.set(properties, url.user());
    password.ifPresent(secret -> PGProperty.PASSWORD.set(properties, secret.reveal()));
    PGProperty.APPLICATION_NAME.set(properties, applicationName);
    PGProperty.CONNECT_TIMEOUT.set(properties, (int) CONNECT_TIMEOUT.toSeconds());
    PGProperty.SOCKET_TIMEOUT.set(properties, (int) SOCKET_TIMEOUT.toSeconds());
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    // Sends the application name with the first packet; saves a round trip.
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.6");
    url.parameters().forEach((name, value) -> translate(name, value, properties));
    try {
      var connection = new Driver().connect(jdbcUrl(), properties);
      if (connection == null) {
        throw new IllegalStateException("the driver does not know its own address form");
      }
      return connection;
    } catch (SQLException failure) {
      throw refused(failure);
    }
  }

  private String jdbcUrl() {
    return url.hosts().stream()
        .map(Object::toString)
        .collect(
            Collectors.joining(
                ",",
                "jdbc:postgresql://",
                "/" + URLEncoder.encode(url.database(), StandardCharsets.UTF_8)));
  }

  /** libpq's parameter under the driver's name. */
  private static void translate(String name, String value, Properties properties) {
    switch (name) {
      case "application_name" -> PGProperty.APPLICATION_NAME.set(properties, value);
      case "channel_binding" -> PGProperty.CHANNEL_BINDING.set(properties, value);
      case "connect_timeout" -> PGProperty.CONNECT_TIMEOUT.set(properties, value);
      case "gssencmode" -> PGProperty.GSS_ENC_MODE.set(properties, value);
      case "keepalives" -> PGProperty.TCP_KEEP_ALIVE.set(properties, !value.equals("0"));
      case "load_balance_hosts" ->
          PGProperty.LOAD_BALANCE_HOSTS.set(properties, value.equals("random"));
      case "options" -> PGProperty.OPTIONS.set(properties, value);
      case "passfile" -> properties.setProperty("org.postgresql.pgpassfile", value);
      case "sslcert" -> PGProperty.SSL_CERT.set(properties, value);
      case "sslkey" -> PGProperty.SSL_KEY.set(properties, value);
      case "sslmode" -> PGProperty.SSL_MODE.set(properties, value);
      case "sslnegotiation" -> PGProperty.SSL_NEGOTIATION.set(properties, value);
      case "sslpassword" -> PGProperty.SSL_PASSWORD.set(properties, value);
      case "sslrootcert" -> {
        if (value.equals("system")) {
          PGProperty.SSL_FACTORY.set(properties, "org.postgresql.ssl.DefaultJavaSSLFactory");
        } else {
          PGProperty.SSL_ROOT_CERT.set(properties, value);
        }
      }
      case "target_session_attrs" ->
          PGProperty.TARGET_SERVER_TYPE.set(
              properties,
              switch (value) {
                case "primary", "read-write" -> "primary";
                case "standby", "read-only" -> "secondary";
                case "prefer-standby" -> "preferSecondary";
                default -> "any";
              });
      default -> {
        // tcp_user_timeout: Java cannot set it; the socket timeout bounds a silent peer.
      }
    }
  }

  private DatabaseException refused(SQLException failure) {
    var state = failure.getSQLState() == null ? "" : failure.getSQLState();
    var where = url.toString();
    var user = url.user();
    return switch (state) {
      case "28P01", "28000" ->
          new DatabaseException(
              "PostgreSQL at "
                  + where
                  + " does not let user '"
                  + user
                  + "' in ("
                  + oneLine(failure)
                  + "); check database.url, database.password-file and pg_hba.conf",
              false,
              failure);
      case "08004" ->
          new DatabaseException(
              "PostgreSQL at "
                  + where
                  + " refused the connection of user '"
                  + user
                  + "' ("
                  + oneLine(failure)
                  + ")",
              // The driver says 08004 also for a password that was asked for and not given.
              !String.valueOf(failure.getMessage()).contains("password"),
              failure);
      case "3D000" ->
          new DatabaseException(
              "the database '" + url.database() + "' does not exist at " + where, false, failure);
      case "57P03" ->
          new DatabaseException(
              "PostgreSQL at " + where + " is starting up or shutting down", true, failure);
      case "53300" ->
          new DatabaseException(
              "PostgreSQL at " + where + " has no connection left (max_connections)",
              true,
              failure);
      default ->
          new DatabaseException(
              "cannot reach PostgreSQL at " + where + " (" + oneLine(failure) + ")", true, failure);
    };
  }

  private static String oneLine(SQLException failure) {
    return String.valueOf(failure.getMessage()).replaceAll("[\\r\\n]+\\s*", " ").strip();
  }
}
