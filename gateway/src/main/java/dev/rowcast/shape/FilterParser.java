package dev.rowcast.shape;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.shape.Filter.Operator;
import dev.rowcast.shape.Filter.Parsed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one filter. Confined to one thread; good for one filter.
 *
 * <p>Nothing is guessed: what PostgREST takes and we do not is refused by name.
 */
final class FilterParser {
  /** Groups within groups; nobody writes more, and the recursion ends. */
  private static final int DEEPEST = 10;

  private static final String WORDS = "eq, neq, gt, gte, lt, lte, in, is, like, ilike";

  /** A mistake on its way out of the recursion. */
  private static final class Mistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mistake(String why) {
      super(why, null, false, false);
    }
  }

  private final FilterSettings limits;
  private int terms;

  private FilterParser(FilterSettings limits) {
    this.limits = limits;
  }

  static Parsed parse(String where, FilterSettings limits) {
    if (where.length() > limits.maxSize()) {
      return new Parsed.Refused("the filter is longer than " + limits.maxSize() + " characters");
    }
    try {
      return new Parsed.Accepted(new FilterParser(limits).query(where));
    } catch (Mistake mistake) {
      return new Parsed.Refused(String.valueOf(mistake.getMessage()));
    }
  }

  private Filter query(String where) {
    var parts = new ArrayList<Filter>();
    for (var each : where.split("&", -1)) {
      if (!each.isEmpty()) {
        var equals = each.indexOf('=');
        if (equals < 0) {
          throw new Mistake("'" + shown(decoded(each)) + "' has no value; write column=eq.value");
        }
        parts.add(part(decoded(each.substring(0, equals)), decoded(each.substring(equals + 1))));
      }
    }
    return parts.size() == 1 ? parts.getFirst() : new Filter.All(parts);
  }

  private Filter part(String name, String value) {
    return switch (name) {
      case "or", "and", "not.or", "not.and" -> {
        var reader = new Reader(value);
        var group = group(name, reader, 0);
        if (!reader.isAtEnd()) {
          throw new Mistake("after the parenthesis of " + name + " there is more");
        }
        yield group;
      }
      default -> term(name, value);
    };
  }

  /** The operator is up to the first dot; the value is all the rest. */
  private Filter term(String column, String text) {
    if (text.startsWith("not.")) {
      return new Filter.Not(term(column, text.substring(4)));
    }
    var dot = text.indexOf('.');
    var operator = operator(column, dot < 0 ? text : text.substring(0, dot));
    var value = dot < 0 ? missing(column) : text.substring(dot + 1);
    if (operator != Operator.IN) {
      return counted(column, operator, List.of(value));
    }
    var reader = new Reader(value);
    var values = values(column, reader);
    if (!reader.isAtEnd()) {
      throw new Mistake("after the list of '" + shown(column) + "' there is more");
    }
    return counted(column, operator, values);
  }

  private Filter group(String name, Reader reader, int depth) {
    if (depth >= DEEPEST) {
      throw new Mistake("groups are nested deeper than " + DEEPEST);
    }
    if (!reader.take('(')) {
      throw new Mistake("write " + name + "=(a.eq.1,b.eq.2)");
    }
    var parts = new ArrayList<Filter>();
    do {
      parts.add(member(reader, depth));
    } while (reader.take(','));
    if (!reader.take(')')) {
      throw new Mistake("a parenthesis is not closed");
    }
    var all = name.endsWith("and");
    var group = all ? new Filter.All(parts) : new Filter.Any(parts);
    return name.startsWith("not.") ? new Filter.Not(group) : group;
  }

  /** {@code and(…)}, {@code not.or(…)} or {@code column.not.op.value}. */
  private Filter member(Reader reader, int depth) {
    for (var name : List.of("or", "and", "not.or", "not.and")) {
      if (reader.take(name + "(")) {
        reader.back();
        return group(name, reader, depth + 1);
      }
    }
    var column = reader.name();
    var negated = reader.take("not.");
    var operator = operator(column, reader.word());
    if (!reader.take('.')) {
      missing(column);
    }
    var values = operator == Operator.IN ? values(column, reader) : List.of(reader.value(",)"));
    var term = counted(column, operator, values);
    return negated ? new Filter.Not(term) : term;
  }

  private List<String> values(String column, Reader reader) {
    if (!reader.take('(')) {
      throw new Mistake("write " + shown(column) + "=in.(a,b)");
    }
    var values = new ArrayList<String>();
    if (!reader.take(')')) {
      do {
        values.add(reader.value(",)"));
      } while (reader.take(','));
      if (!reader.take(')')) {
        throw new Mistake("the list of '" + shown(column) + "' is not closed");
      }
    }
    if (values.size() > limits.maxValues()) {
      throw new Mistake(
          "the list of '" + shown(column) + "' has more than " + limits.maxValues() + " values");
    }
    return values;
  }

  private Filter counted(String column, Operator operator, List<String> values) {
    if (++terms > limits.maxTerms()) {
      throw new Mistake("the filter has more than " + limits.maxTerms() + " comparisons");
    }
    if (column.isEmpty()) {
      throw new Mistake("a comparison names no column");
    }
    return new Filter.Term(column, operator, values);
  }

  private static Operator operator(String column, String word) {
    return switch (word) {
      case "eq" -> Operator.EQ;
      case "neq" -> Operator.NEQ;
      case "gt" -> Operator.GT;
      case "gte" -> Operator.GTE;
      case "lt" -> Operator.LT;
      case "lte" -> Operator.LTE;
      case "in" -> Operator.IN;
      case "is" -> Operator.IS;
      case "like" -> Operator.LIKE;
      case "ilike" -> Operator.ILIKE;
      default ->
          throw new Mistake(
              "'" + shown(column) + "' is followed by '" + shown(word) + "'; known are " + WORDS);
    };
  }

  private static String missing(String column) {
    throw new Mistake("the comparison of '" + shown(column) + "' has no value");
  }

  /** Percent-encoding is undone on bytes, which must be UTF-8 then. */
  private static String decoded(String text) {
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); ) {
      var c = text.codePointAt(i);
      if (c == '%') {
        var high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
        var low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
        if (low < 0) {
          throw new Mistake("a percent sign is not followed by two hexadecimal digits");
        }
        bytes.write(high << 4 | low);
        i += 3;
      } else {
        bytes.writeBytes((c == '+' ? " " : Character.toString(c)).getBytes(UTF_8));
        i += Character.charCount(c);
      }
    }
    try {
      var decoded = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
      if (decoded.indexOf('\0') >= 0) {
        throw new Mistake("a zero character is in no value of PostgreSQL");
      }
      return decoded;
    } catch (CharacterCodingException _) {
      throw new Mistake("the filter is not UTF-8 in percent-encoding");
    }
  }

  /** Enough of a text of somebody else's to be recognised, and harmless in a log. */
  static String shown(String text) {
    return text.codePoints()
        .limit(50)
        .filter(c -> !Character.isISOControl(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** A place in a text. */
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    boolean isAtEnd() {
      return at == text.length();
    }

    boolean take(char mark) {
      return take(String.valueOf(mark));
    }

    boolean take(String mark) {
      if (text.startsWith(mark, at)) {
        at += mark.length();
        return true;
      }
      return false;
    }

    void back() {
      at--;
    }

    /** A column's name, in quotes when it has a dot. */
    String name() {
      var name = value(".,()");
      if (!take('.')) {
        throw new Mistake("'" + shown(name) + "' is followed by no comparison");
      }
      return name;
    }

    String word() {
      var start = at;
      while (at < text.length() && Character.isLetter(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }

    /** Up to one of the marks, or what stands in quotes. */
    String value(String marks) {
      if (!take('"')) {
        var start = at;
        while (at < text.length() && marks.indexOf(text.charAt(at)) < 0) {
          at++;
        }
        return text.substring(start, at);
      }
      var value = new StringBuilder();
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      if (!take('"')) {
        throw new Mistake("a quote is not closed");
      }
      if (!isAtEnd() && marks.indexOf(text.charAt(at)) < 0) {
        throw new Mistake("a quoted value is followed by more");
      }
      return value.toString();
    }
  }
}
