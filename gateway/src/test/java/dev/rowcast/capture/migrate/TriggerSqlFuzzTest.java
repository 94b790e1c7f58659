package dev.rowcast.capture.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever tables and columns are called, the statements have the tokens that they have for
 * harmless names, with each name in one token: nothing of a name is ever SQL. {@link
 * HostileNamesIT} has a real PostgreSQL carry them out.
 */
final class TriggerSqlFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void noNameGetsOutOfItsQuotes(byte[] data) {
    var hostile = HostileTable.of(data);
    var harmless = hostile.harmless();

    var statements = hostile.statements();
    var model = harmless.statements();

    assertThat(statements).hasSameSizeAs(model);
    for (int i = 0; i < statements.size(); i++) {
      var expected =
          flat(model.get(i)).stream()
              .map(token -> renamed(token, hostile.names(), harmless.names()))
              .toList();
      assertThat(flat(statements.get(i)).equals(expected)).as("statement %s", i).isTrue();
    }
  }

  /** All tokens, those of a body in its place. */
  private static List<SqlTokens.Token> flat(String sql) {
    var flat = new ArrayList<SqlTokens.Token>();
    for (var token : SqlTokens.of(sql)) {
      if (token.kind() == SqlTokens.Kind.BODY) {
        flat.add(new SqlTokens.Token(SqlTokens.Kind.BODY, ""));
        flat.addAll(flat(token.text()));
      } else {
        flat.add(token);
      }
    }
    return flat;
  }

  private static SqlTokens.Token renamed(
      SqlTokens.Token token, List<String> hostile, List<String> harmless) {
    var at = token.kind() == SqlTokens.Kind.OTHER ? -1 : harmless.indexOf(token.text());
    return at < 0 ? token : new SqlTokens.Token(token.kind(), hostile.get(at));
  }
}
