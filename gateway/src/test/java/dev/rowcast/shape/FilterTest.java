package dev.rowcast.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.shape.Filter.All;
import dev.rowcast.shape.Filter.Any;
import dev.rowcast.shape.Filter.Not;
import dev.rowcast.shape.Filter.Operator;
import dev.rowcast.shape.Filter.Term;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FilterTest {

  @Test
  void severalPartsAllHold() {
    assertThat(Orders.filter("status=eq.open&size=gt.3"))
        .isEqualTo(
            new All(List.of(term("status", Operator.EQ, "open"), term("size", Operator.GT, "3"))));
  }

  @Test
  void noTextIsTrueOfEveryRow() {
    assertThat(Orders.filter("")).isEqualTo(Filter.every());
  }

  @ParameterizedTest
  @ValueSource(strings = {"eq", "neq", "gt", "gte", "lt", "lte", "is", "like", "ilike"})
  void everyOperatorHasItsWord(String word) {
    assertThat(Orders.filter("a=" + word + ".x"))
        .isEqualTo(term("a", Operator.valueOf(word.toUpperCase(Locale.ROOT)), "x"));
  }

  @Test
  void aValueIsAllThatFollowsTheDot() {
    assertThat(Orders.filter("a=eq.1.5,(x)")).isEqualTo(term("a", Operator.EQ, "1.5,(x)"));
    assertThat(Orders.filter("a=eq.")).isEqualTo(term("a", Operator.EQ, ""));
  }

  @Test
  void namesAndValuesArePercentEncoded() {
    assertThat(Orders.filter("a%20b=eq.%C3%BC+%26%3D")).isEqualTo(term("a b", Operator.EQ, "ü &="));
  }

  @Test
  void aListHoldsValuesAndQuotedValues() {
    assertThat(Orders.filter("a=in.(x,\"y,(z)\",\"q\\\"\\\\\")"))
        .isEqualTo(term("a", Operator.IN, "x", "y,(z)", "q\"\\"));
    assertThat(Orders.filter("a=in.()")).isEqualTo(term("a", Operator.IN));
  }

  @Test
  void notStandsBeforeAnOperator() {
    assertThat(Orders.filter("a=not.eq.1")).isEqualTo(new Not(term("a", Operator.EQ, "1")));
    assertThat(Orders.filter("a=not.is.null")).isEqualTo(new Not(term("a", Operator.IS, "null")));
  }

  @Test
  void groupsNest() {
    assertThat(Orders.filter("or=(a.eq.1,not.and(\"b.c\".not.in.(2,3),d.like.x*))"))
        .isEqualTo(
            new Any(
                List.of(
                    term("a", Operator.EQ, "1"),
                    new Not(
                        new All(
                            List.of(
                                new Not(term("b.c", Operator.IN, "2", "3")),
                                term("d", Operator.LIKE, "x*")))))));
  }

  @Test
  void aColumnCalledLikeAGroupIsNamedInsideOfOne() {
    assertThat(Orders.filter("and=(or.eq.1)"))
        .isEqualTo(new All(List.of(term("or", Operator.EQ, "1"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a | has no value",
        "a=5 | is followed by '5'; known are eq, neq",
        "a=eq | has no value",
        "=eq.1 | names no column",
        "a=in.1 | write a=in.(a,b)",
        "a=in.(1 | is not closed",
        "a=in.(1)2 | there is more",
        "a=in.(\"1) | a quote is not closed",
        "a=in.(\"1\"2) | a quoted value is followed by more",
        "or=a.eq.1 | write or=(a.eq.1,b.eq.2)",
        "or=(a.eq.1 | a parenthesis is not closed",
        "or=(a.eq.1)b | there is more",
        "or=() | is followed by no comparison",
        "or=(a) | is followed by no comparison",
        "a=eq.%zz | two hexadecimal digits",
        "a=eq.%ff | not UTF-8",
        "a=eq.%00 | a zero character",
        "or=(or(or(or(or(or(or(or(or(or(or(a.eq.1))))))))))) | nested deeper",
      })
  void whatIsNotUnderstoodIsRefusedWithAReason(String text, String why) {
    assertThat(Filter.parse(text, FilterSettings.DEFAULTS))
        .isInstanceOfSatisfying(
            Filter.Parsed.Refused.class, refused -> assertThat(refused.why()).contains(why));
  }

  @Test
  void limitsAreHeld() {
    var limits = new FilterSettings(20, 2, 3);

    assertThat(Filter.parse("a=eq." + "x".repeat(16), limits))
        .isEqualTo(new Filter.Parsed.Refused("the filter is longer than 20 characters"));
    assertThat(Filter.parse("a=eq.1&b=eq.2&c=eq.3", limits))
        .isEqualTo(new Filter.Parsed.Refused("the filter has more than 2 comparisons"));
    assertThat(Filter.parse("a=in.(1,2,3,4)", limits))
        .isEqualTo(new Filter.Parsed.Refused("the list of 'a' has more than 3 values"));
  }

  private static Term term(String column, Operator operator, String... values) {
    return new Term(column, operator, List.of(values));
  }
}
