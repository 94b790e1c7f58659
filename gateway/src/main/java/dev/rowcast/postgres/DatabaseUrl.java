package dev.rowcast.postgres;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a database is and how to sign in, read from libpq's URL form and the {@code PG*}
 * environment variables.
 *
 * <p>Immutable.
 *
 * <p>{@code postgresql://user:password@host1:port1,host2:port2/database?sslmode=require}, each part
 * optional and percent-decoded (PostgreSQL manual, "Connection URIs"). What the URL leaves out
 * comes from the environment, then from libpq's defaults, with one difference: without any host it
 * is {@code localhost}, because Unix sockets are not spoken here. The text form never holds a
 * password.
 *
 * @param hosts tried in this order; at least one
 * @param parameters libpq's names, for example {@code sslmode}
 */
public record DatabaseUrl(
    List<Endpoint> hosts,
    String user,
    Optional<Secret> password,
    String database,
    Map<String, String> parameters) {
  private static final int DEFAULT_PORT = 5432;

  /** libpq's parameters that are understood, each with the variable that stands in for it. */
  private static final Map<String, String> PARAMETERS =
      Map.ofEntries(
          Map.entry("application_name", "PGAPPNAME"),
          Map.entry("channel_binding", "PGCHANNELBINDING"),
          Map.entry("client_encoding", "PGCLIENTENCODING"),
          Map.entry("connect_timeout", "PGCONNECT_TIMEOUT"),
          Map.entry("gssencmode", "PGGSSENCMODE"),
          Map.entry("keepalives", ""),
          Map.entry("load_balance_hosts", "PGLOADBALANCEHOSTS"),
          Map.entry("options", "PGOPTIONS"),
          Map.entry("passfile", "PGPASSFILE"),
          Map.entry("sslcert", "PGSSLCERT"),
          Map.entry("sslkey", "PGSSLKEY"),
          Map.entry("sslmode", "PGSSLMODE"),
          Map.entry("sslnegotiation", "PGSSLNEGOTIATION"),
          Map.entry("sslpassword", ""),
          Map.entry("sslrootcert", "PGSSLROOTCERT"),
          Map.entry("target_session_attrs", "PGTARGETSESSIONATTRS"),
          Map.entry("tcp_user_timeout", ""));

  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** Copies the collections. */
  public DatabaseUrl {
    hosts = List.copyOf(hosts);
    parameters = Map.copyOf(parameters);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("database.url names no host");
    }
  }

  /**
   * Reads a URL, with the environment behind it.
   *
   * @throws IllegalArgumentException with a sentence for the operator that holds no secret
   */
  public static DatabaseUrl parse(String text, Map<String, String> environment) {
    var rest = withoutScheme(text.strip());
    var parts = new Parts();
    parts.environment = environment;

    var question = rest.indexOf('?');
    if (question >= 0) {
      readQuery(rest.substring(question + 1), parts);
      rest = rest.substring(0, question);
    }
    var slash = rest.indexOf('/');
    if (slash >= 0) {
      parts.database = decoded(rest.substring(slash + 1), "the database name");
      rest = rest.substring(0, slash);
    }
    var at = rest.lastIndexOf('@');
    if (at >= 0) {
      readSignIn(rest.substring(0, at), parts);
      rest = rest.substring(at + 1);
    }
    if (!rest.isEmpty()) {
      readAuthority(rest, parts);
    }
    return parts.complete();
  }

  private static String withoutScheme(String text) {
    for (var scheme : List.of("postgresql://", "postgres://")) {
      if (text.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return text.substring(scheme.length());
      }
    }
    if (text.startsWith("jdbc:")) {
      throw new IllegalArgumentException(
          "database.url is a JDBC address; write libpq's form,"
              + " postgresql://user@host:5432/database");
    }
    throw new IllegalArgumentException(
        "database.url does not begin with postgresql://; write for example"
            + " postgresql://user@host:5432/database");
  }

  private static void readSignIn(String text, Parts parts) {
    var colon = text.indexOf(':');
    parts.user = decoded(colon < 0 ? text : text.substring(0, colon), "the user name");
    if (colon >= 0) {
      parts.password = decoded(text.substring(colon + 1), "the password");
    }
  }

  private static void readAuthority(String text, Parts parts) {
    for (var part : text.split(",", -1)) {
      var colon = part.startsWith("[") ? part.indexOf(':', part.indexOf(']')) : part.indexOf(':');
      var host = decoded(colon < 0 ? part : part.substring(0, colon), "the host name");
      if (host.startsWith("[")) {
        if (!host.endsWith("]")) {
          throw new IllegalArgumentException(
              "database.url: an IPv6 address is written in brackets, for example [::1]:5432");
        }
        host = host.substring(1, host.length() - 1);
      }
      parts.hosts.add(host);
      parts.ports.add(colon < 0 ? "" : part.substring(colon + 1));
    }
  }

  private static void readQuery(String text, Parts parts) {
    for (var pair : text.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      var equals = pair.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "database.url: a parameter after '?' has no '='; write for example ?sslmode=require");
      }
      var name = decoded(pair.substring(0, equals), "a parameter's name");
      var value = decoded(pair.substring(equals + 1), "the parameter " + name);
      switch (name) {
        case "host" -> parts.hosts = new ArrayList<>(List.of(value.split(",", -1)));
        case "port" -> parts.ports = new ArrayList<>(List.of(value.split(",", -1)));
        case "user" -> parts.user = value;
        case "password" -> parts.password = value;
        case "dbname" -> parts.database = value;
        case "ssl" -> {
          // libpq takes JDBC's ssl=true as well
          if (value.equals("true")) {
            parts.parameters.put("sslmode", "require");
          }
        }
        default -> {
          if (!PARAMETERS.containsKey(name)) {
            throw new IllegalArgumentException(
                "database.url: the parameter '"
                    + name
                    + "' is not supported; known are "
                    + String.join(", ", new TreeMap<>(PARAMETERS).keySet()));
          }
          parts.parameters.put(name, value);
        }
      }
    }
  }

  /** Percent-decoding alone: unlike in a form, '+' stays '+' (RFC 3986 section 2.1). */
  private static String decoded(String text, String what) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      var percent = text.indexOf('%', i);
      var end = percent < 0 ? text.length() : percent;
      bytes.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
      if (percent < 0) {
        break;
      }
      var complete = percent + 2 < text.length();
      var high = complete ? Character.digit(text.charAt(percent + 1), 16) : -1;
      var low = complete ? Character.digit(text.charAt(percent + 2), 16) : -1;
      if (high < 0 || low < 0 || (high == 0 && low == 0)) {
        throw new IllegalArgumentException(
            "database.url: "
                + what
                + " holds a '%' that is not followed by two hexadecimal digits; write a literal"
                + " '%' as %25");
      }
      bytes.write(high << 4 | low);
      i = percent + 3;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new IllegalArgumentException(
          "database.url: " + what + " is not UTF-8 after percent-decoding", notUtf8);
    }
  }

  /** Hosts and database, for messages: no user, no password. */
  @Override
  public String toString() {
    var text = new StringBuilder("postgresql://");
    for (int i = 0; i < hosts.size(); i++) {
      text.append(i == 0 ? "" : ",").append(hosts.get(i));
    }
    return text.append('/').append(database).toString();
  }

  /** What was read so far; empty means not said. */
  private static final class Parts {
    private Map<String, String> environment = Map.of();
    private List<String> hosts = new ArrayList<>();
    private List<String> ports = new ArrayList<>();
    private String user = "";
    private String password = "";
    private String database = "";
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private DatabaseUrl complete() {
      PARAMETERS.forEach((name, variable) -> {
        var value = environment.getOrDefault(variable, "");
        if (!value.isEmpty()) {
          parameters.putIfAbsent(name, value);
        }
      });
      checkParameters();
      var name =
          first(
              user,
              environment.getOrDefault("PGUSER", ""),
              System.getProperty("user.name", "postgres"));
      var secret = first(password, environment.getOrDefault("PGPASSWORD", ""));
      return new DatabaseUrl(
          endpoints(),
          name,
          secret.isEmpty() ? Optional.empty() : Optional.of(new Secret(secret)),
          first(database, environment.getOrDefault("PGDATABASE", ""), name),
          parameters);
    }

    private List<Endpoint> endpoints() {
      if (hosts.isEmpty()) {
        var variable =
            first(
                environment.getOrDefault("PGHOSTADDR", ""), environment.getOrDefault("PGHOST", ""));
        hosts = new ArrayList<>(List.of(variable.split(",", -1)));
      }
      if (ports.stream().allMatch(String::isEmpty)) {
        ports = new ArrayList<>(List.of(environment.getOrDefault("PGPORT", "").split(",", -1)));
      }
      if (ports.size() != 1 && ports.size() != hosts.size()) {
        throw new IllegalArgumentException(
            "database.url names "
                + hosts.size()
                + " hosts and "
                + ports.size()
                + " ports; give one port for all or one for each");
      }
      var endpoints = new ArrayList<Endpoint>(hosts.size());
      for (int i = 0; i < hosts.size(); i++) {
        var host = hosts.get(i).isEmpty() ? "localhost" : hosts.get(i);
        if (host.startsWith("/") || host.startsWith("@")) {
          throw new IllegalArgumentException(
              "database.url names the Unix socket "
                  + host
                  + "; only TCP is supported: use localhost and let PostgreSQL listen there"
                  + " (listen_addresses)");
        }
        endpoints.add(new Endpoint(host, port(ports.get(ports.size() == 1 ? 0 : i))));
      }
      return endpoints;
    }

    private static int port(String text) {
      if (text.isEmpty()) {
        return DEFAULT_PORT;
      }
      if (text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        var number = Integer.parseInt(text);
        if (number >= 1 && number <= 65_535) {
          return number;
        }
      }
      // The text is not repeated: an unescaped '@' or ':' in a password lands here.
      throw new IllegalArgumentException(
          "database.url: a port is not a number from 1 to 65535 (a ':', '/', '?', '#' or '@' in a"
              + " password is written percent-encoded)");
    }

    private void checkParameters() {
      var mode = parameters.get("sslmode");
      if (mode != null && !SSL_MODES.contains(mode)) {
        throw new IllegalArgumentException(
            "database.url: sslmode is '" + mode + "', must be one of " + SSL_MODES);
      }
      var encoding = parameters.remove("client_encoding");
      if (encoding != null
          && !List.of("auto", "utf8", "utf-8", "unicode")
              .contains(encoding.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            "database.url: client_encoding is '" + encoding + "', only UTF8 is supported");
      }
      var seconds = parameters.get("connect_timeout");
      if (seconds != null
          && (seconds.isEmpty()
              || seconds.length() > 6
              || !seconds.chars().allMatch(c -> c >= '0' && c <= '9'))) {
        throw new IllegalArgumentException(
            "database.url: connect_timeout is '" + seconds + "', must be a number of seconds");
      }
    }

    private static String first(String... texts) {
      for (var text : texts) {
        if (!text.isEmpty()) {
          return text;
        }
      }
      return "";
    }
  }
}
