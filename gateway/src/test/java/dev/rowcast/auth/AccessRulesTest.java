package dev.rowcast.auth;

import static dev.rowcast.message.Permission.PUBLISH_BROADCAST;
import static dev.rowcast.message.Permission.SUBSCRIBE_BROADCAST;
import static dev.rowcast.message.Permission.SUBSCRIBE_USER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.auth.AccessRules.Decision.Granted;
import dev.rowcast.auth.AccessRules.Decision.Refused;
import dev.rowcast.base.Glob;
import dev.rowcast.message.Permission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AccessRulesTest {
  private static final Identity ANN =
      new Identity(Optional.of("ann"), List.of("staff"), Optional.empty());
  private static final Set<Permission> ALL = Set.of(Permission.values());

  private static FacilityRule rule(
      String match, FacilityRule.Audience audience, FacilityRule.Otherwise otherwise) {
    return new FacilityRule(
        List.of(new Glob(match)),
        audience,
        otherwise,
        Set.of(SUBSCRIBE_BROADCAST, PUBLISH_BROADCAST, SUBSCRIBE_USER));
  }

  private static AccessRules rules(FacilityRule... rules) {
    return new AccessRules(new AccessSettings(List.of(rules)));
  }

  @Test
  void withoutARuleAnybodyHearsTheBroadcastAndNobodyPublishes() {
    assertThat(rules().decide(Identity.ANONYMOUS, "any", ALL))
        .isEqualTo(new Granted(Set.of(SUBSCRIBE_BROADCAST)));
    assertThat(rules().decide(ANN, "any", Set.of(PUBLISH_BROADCAST)))
        .isEqualTo(new Granted(Set.of()));
  }

  @Test
  void theFirstFittingRuleDecidesAlone() {
    var rules =
        rules(
            rule(
                "staff-*", new FacilityRule.Audience.Group("staff"), FacilityRule.Otherwise.REFUSE),
            rule("*", new FacilityRule.Audience.Anyone(), FacilityRule.Otherwise.DROP));

    assertThat(rules.decide(Identity.ANONYMOUS, "staff-a", Set.of(SUBSCRIBE_BROADCAST)))
        .isEqualTo(new Refused());
    assertThat(rules.decide(ANN, "staff-a", Set.of(SUBSCRIBE_BROADCAST)))
        .isEqualTo(new Granted(Set.of(SUBSCRIBE_BROADCAST)));
    assertThat(rules.decide(Identity.ANONYMOUS, "b", ALL))
        .isEqualTo(new Granted(Set.of(SUBSCRIBE_BROADCAST, PUBLISH_BROADCAST, SUBSCRIBE_USER)));
  }

  @Test
  void whatIsNotGrantedIsDroppedOrRefused() {
    var anyone = new FacilityRule.Audience.Authenticated();

    assertThat(
            rules(rule("*", anyone, FacilityRule.Otherwise.DROP))
                .decide(Identity.ANONYMOUS, "x", ALL))
        .isEqualTo(new Granted(Set.of()));
    assertThat(rules(rule("*", anyone, FacilityRule.Otherwise.REFUSE)).decide(ANN, "x", ALL))
        .isEqualTo(new Refused());
  }

  @Test
  void whoAsksForNothingIsNotRefused() {
    assertThat(
            rules(
                    rule(
                        "*",
                        new FacilityRule.Audience.Authenticated(),
                        FacilityRule.Otherwise.REFUSE))
                .decide(Identity.ANONYMOUS, "x", Set.of()))
        .isEqualTo(new Granted(Set.of()));
  }
}
