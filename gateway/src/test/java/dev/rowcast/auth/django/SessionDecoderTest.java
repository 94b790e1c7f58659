package dev.rowcast.auth.django;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.base.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SessionDecoderTest {
  private static final Secret OTHER = new Secret("another key");

  static List<Fixtures> fixtures() throws IOException {
    return Fixtures.all();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void whatARealDjangoStoredIsRead(Fixtures django) {
    var checking = new SessionDecoder(List.of(django.secret()));
    var trusting = new SessionDecoder(List.of());

    for (var one : django.cases()) {
      if (one.session().isPresent()) {
        assertThat(checking.decode(one.stored())).as(one.name()).isEqualTo(one.session().get());
        assertThat(trusting.decode(one.stored())).as(one.name()).isEqualTo(one.session().get());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void aPickleIsRefusedWithTheWayOut(Fixtures django) {
    for (var one : django.cases()) {
      if (one.session().isEmpty()) {
        for (var keys : List.of(List.<Secret>of(), List.of(django.secret()))) {
          assertThat(refusal(new SessionDecoder(keys).decode(one.stored())))
              .contains("pickled", "SESSION_SERIALIZER");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void theSignatureMustBeOfOneOfTheKeys(Fixtures django) {
    var stored = django.stored("login-in-groups");

    assertThat(refusal(new SessionDecoder(List.of(OTHER)).decode(stored))).contains("signature");
    assertThat(new SessionDecoder(List.of(OTHER, django.secret())).decode(stored))
        .isInstanceOf(DecodedSession.Read.class);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void noByteOfASignedSessionCanBeChanged(Fixtures django) {
    var decoder = new SessionDecoder(List.of(django.secret()));
    var stored = django.stored("login");
    var read = decoder.decode(stored);

    for (int at = 0; at < stored.length; at++) {
      var changed = stored.clone();
      changed[at] = (byte) (changed[at] == 'A' ? 'B' : 'A');
      var again = decoder.decode(changed);
      // The spare bits of a last base64 digit say nothing, so the same session may come out.
      assertThat(again instanceof DecodedSession.Refused || again.equals(read))
          .as("byte %d", at)
          .isTrue();
    }
  }

  @Test
  void aCacheHoldsTheJsonAsItIs() {
    var json = "{\"_auth_user_id\": 7, \"_auth_user_hash\": \"h\", \"ws4redis:memberof\": [\"a\"]}";

    assertThat(new SessionDecoder(List.of(OTHER)).decode(json.getBytes(UTF_8)))
        .isEqualTo(new DecodedSession.Read(Optional.of("7"), Optional.of("h"), List.of("a")));
  }

  @Test
  void aPickleInACacheIsRefusedToo() {
    var pickle = new byte[] {(byte) 0x80, 5, '}', '.'};

    assertThat(refusal(new SessionDecoder(List.of()).decode(pickle))).contains("pickled");
  }

  @Test
  void aSessionThatGrowsWithoutBoundIsRefused() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var deflated = new DeflaterOutputStream(bytes)) {
      for (int i = 0; i < 64; i++) {
        deflated.write(new byte[1 << 20]);
      }
    }
    var bomb = "." + Base64.getUrlEncoder().encodeToString(bytes.toByteArray()) + ":1xWXWG:x";

    assertThat(refusal(new SessionDecoder(List.of()).decode(bomb.getBytes(UTF_8))))
        .contains("longer than");
  }

  @Test
  void anyBytesGiveASessionOrARefusal() throws IOException {
    var random = new Random(20);
    var seeds = new ArrayList<byte[]>();
    for (var django : Fixtures.all()) {
      django.cases().forEach(one -> seeds.add(one.stored()));
    }
    seeds.add("{\"_auth_user_id\": {}, \"ws4redis:memberof\": 3}".getBytes(UTF_8));
    seeds.add("[".repeat(5000).getBytes(UTF_8));

    for (int round = 0; round < 20_000; round++) {
      var seed = seeds.get(random.nextInt(seeds.size()));
      var soup = Arrays.copyOf(seed, random.nextInt(seed.length + 4));
      for (int i = random.nextInt(6); i > 0 && soup.length > 0; i--) {
        soup[random.nextInt(soup.length)] = (byte) random.nextInt();
      }
      assertThat(new SessionDecoder(List.of()).decode(soup)).isNotNull();
    }
  }

  private static String refusal(DecodedSession session) {
    assertThat(session).isInstanceOf(DecodedSession.Refused.class);
    return ((DecodedSession.Refused) session).why();
  }
}
