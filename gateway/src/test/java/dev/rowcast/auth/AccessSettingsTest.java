package dev.rowcast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Glob;
import dev.rowcast.message.Permission;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AccessSettingsTest {
  private static final FacilityRule LOBBY =
      new FacilityRule(
          List.of(new Glob("lobby")),
          new FacilityRule.Audience.Anyone(),
          FacilityRule.Otherwise.DROP,
          Set.of(Permission.PUBLISH_BROADCAST, Permission.SUBSCRIBE_BROADCAST));
  private static final FacilityRule STAFF =
      new FacilityRule(
          List.of(new Glob("staff-*"), new Glob("back")),
          new FacilityRule.Audience.Group("staff"),
          FacilityRule.Otherwise.REFUSE,
          Set.of());

  private static AccessSettings rules(FacilityRule... rules) {
    return new AccessSettings(List.of(rules));
  }

  @Test
  void aDifferenceIsToldRuleByRule() {
    assertThat(rules(LOBBY).differences(rules(STAFF)))
        .containsExactly(
            "gone: lobby for anyone: subscribe-broadcast, publish-broadcast",
            "new, as entry 1: staff-*, back for members of the group staff: nothing; else 403");
  }

  @Test
  void theOrderIsADifferenceToo() {
    assertThat(rules(LOBBY, STAFF).differences(rules(STAFF, LOBBY)))
        .containsExactly("the order of the entries changed; the first that matches decides");
    assertThat(rules(LOBBY, STAFF).differences(rules(LOBBY, STAFF))).isEmpty();
  }
}
