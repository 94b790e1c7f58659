package dev.rowcast.cli;

import dev.rowcast.auth.IdentityException;
import dev.rowcast.auth.jwt.TokenMint;
import dev.rowcast.auth.jwt.TokenVerifier;
import dev.rowcast.auth.jwt.Verdict;
import dev.rowcast.base.Secret;
import dev.rowcast.base.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code rowcast token}. */
@Command(
    name = "token",
    description = "Makes a JWT for a test, or says what one is worth by auth.jwt.",
    footer = {
      "",
      "A key is the shared secret itself, or @FILE with the secret or with a private key in PEM"
          + " (PKCS 8). Where a claim's value is JSON it is taken as such, otherwise as a text.",
      "",
      "Example: rowcast token --key @jwt.secret --claims sub=ann --claims 'groups=[\"staff\"]'",
      "Example: rowcast token -c rowcast.yaml --check eyJhbGciOi…"
    })
final class TokenCommand implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions options = new ConfigOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Option(names = "--key", paramLabel = "K|@FILE", description = "Signs a token by this key.")
  private @Nullable String key;

  @Option(
      names = "--claims",
      paramLabel = "JSON|NAME=VALUE",
      description = "What the token says: a JSON object, or one claim; may be repeated.")
  private List<String> claims = new ArrayList<>();

  @Option(
      names = "--expires",
      paramLabel = "SECONDS",
      defaultValue = "3600",
      description = "How long it lasts, unless the claims say; default: ${DEFAULT-VALUE}.")
  private long expires;

  @Option(
      names = "--algorithm",
      paramLabel = "A",
      description = "HS256, RS256, PS256, ES256, EdDSA and so on; default: what goes with the key.")
  private @Nullable String algorithm;

  @Option(names = "--kid", paramLabel = "ID", description = "The name of the key in the token.")
  private @Nullable String kid;

  @Option(
      names = "--check",
      paramLabel = "TOKEN",
      description = "Says what this token is worth; exit code 1 if nothing.")
  private @Nullable String check;

  @Override
  public Integer call() {
    log.apply();
    if (check != null) {
      return check(check);
    }
    if (key == null) {
      throw new CommandException(
          "--key or --check is missing; see rowcast token --help", ExitCode.WRONG_USAGE);
    }
    spec.commandLine().getOut().println(mint(key));
    return ExitCode.FINE;
  }

  private String mint(String by) {
    try {
      return new TokenMint(secret(by), Optional.ofNullable(algorithm), Optional.ofNullable(kid))
          .mint(allClaims());
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), ExitCode.WRONG_USAGE);
    }
  }

  private int check(String token) {
    var settings = options.load().gateway().auth().jwt();
    if (settings.isEmpty()) {
      throw new CommandException(
          "auth.jwt has no key to check by; set auth.jwt.secret-file, auth.jwt.public-key-file or"
              + " auth.jwt.jwks",
          ExitCode.WRONG_USAGE);
    }
    var out = spec.commandLine().getOut();
    try (var verifier = new TokenVerifier(settings.get(), InstantSource.system(), Ticker.SYSTEM)) {
      return switch (verifier.verify(token)) {
        case Verdict.Good(var user, var groups, var until, var _) -> {
          out.println("good: user " + user + ", groups " + groups + ", until " + until);
          yield ExitCode.FINE;
        }
        case Verdict.Bad(var fault) -> {
          out.println("bad: " + fault.sentence());
          yield ExitCode.FAILED;
        }
      };
    } catch (IdentityException e) {
      throw new CommandException(String.valueOf(e.getMessage()));
    }
  }

  private String allClaims() {
    var all = JSON.createObjectNode();
    var now = InstantSource.system().instant().getEpochSecond();
    all.put("iat", now).put("exp", now + expires);
    for (var claim : claims) {
      var equals = claim.indexOf('=');
      if (json(claim) instanceof ObjectNode object) {
        object.properties().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
      } else if (equals > 0) {
        all.set(claim.substring(0, equals), json(claim.substring(equals + 1)));
      } else {
        throw new CommandException(
            "--claims " + claim + " is neither a JSON object nor NAME=VALUE", ExitCode.WRONG_USAGE);
      }
    }
    return all.toString();
  }

  private static JsonNode json(String text) {
    try {
      var tree = JSON.readTree(text);
      return tree.isMissingNode() ? JSON.getNodeFactory().stringNode(text) : tree;
    } catch (JacksonException _) {
      return JSON.getNodeFactory().stringNode(text);
    }
  }

  private static Secret secret(String text) {
    if (!text.startsWith("@")) {
      return new Secret(text);
    }
    try {
      return new Secret(Files.readString(Path.of(text.substring(1))).stripTrailing());
    } catch (IOException | InvalidPathException e) {
      throw new CommandException(
          "the file '" + text.substring(1) + "' cannot be read", ExitCode.WRONG_USAGE);
    }
  }
}
