package dev.rowcast.auth.django;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rowcast.base.Secret;
import java.util.List;

/**
 * Any bytes are a session or are refused with a sentence; whatever is read with a key is read the
 * same without one, and never the other way round.
 */
final class SessionFuzzTest {
  private static final SessionDecoder UNCHECKED = new SessionDecoder(List.of());
  private static final SessionDecoder CHECKED =
      new SessionDecoder(List.of(new Secret("one key"), new Secret("an older key")));

  @FuzzTest(maxDuration = "60s")
  void anyBytesAreASessionOrRefused(byte[] stored) {
    var unchecked = UNCHECKED.decode(stored);
    var checked = CHECKED.decode(stored);

    if (checked instanceof DecodedSession.Read) {
      assertThat(checked).isEqualTo(unchecked);
    }
    if (unchecked instanceof DecodedSession.Refused(var why)) {
      assertThat(why).isNotBlank();
      assertThat(checked).isInstanceOf(DecodedSession.Refused.class);
    }
  }
}
