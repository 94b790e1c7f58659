package dev.rowcast.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.message.CloseReason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameDecoderTest {
  private static final int MAX = 4096;

  /** What a decoder said, as text; the order counts. */
  private static final class Transcript implements FrameDecoder.Sink {
    final List<String> lines = new ArrayList<>();

    @Override
    public boolean frame() {
      return true;
    }

    @Override
    public boolean text(byte[] payload) {
      return lines.add("text " + new String(payload, UTF_8));
    }

    @Override
    public boolean binary(byte[] payload) {
      return lines.add("binary " + HexFormat.of().formatHex(payload));
    }

    @Override
    public boolean ping(byte[] payload) {
      return lines.add("ping " + HexFormat.of().formatHex(payload));
    }

    @Override
    public boolean pong(byte[] payload) {
      return lines.add("pong " + HexFormat.of().formatHex(payload));
    }

    @Override
    public void close(int code) {
      lines.add("close " + code);
    }
  }

  private static List<String> decode(boolean allowUnmasked, byte[] bytes, int... cuts) {
    return decode(allowUnmasked, false, bytes, cuts);
  }

  private static List<String> decode(
      boolean allowUnmasked, boolean deflate, byte[] bytes, int... cuts) {
    var decoder = new FrameDecoder(MAX, allowUnmasked, deflate);
    var transcript = new Transcript();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      var to = i < cuts.length ? cuts[i] : bytes.length;
      var error = decoder.decode(ByteBuffer.wrap(bytes, from, to - from), transcript);
      if (error != null) {
        transcript.lines.add("error " + error);
      }
      from = to;
    }
    return transcript.lines;
  }

  private static List<String> decode(String hex) {
    return decode(false, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static byte[] masked(int first, byte[] payload, int mask) {
    var out = new ByteArrayOutputStream();
    out.write(first);
    if (payload.length < 126) {
      out.write(0x80 | payload.length);
    } else {
      out.write(0x80 | 126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    }
    for (int i = 0; i < 4; i++) {
      out.write(mask >>> (24 - 8 * i));
    }
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ (mask >>> (24 - 8 * (i & 3))));
    }
    return out.toByteArray();
  }

  @Test
  void readsTheExamplesOfTheRfc() {
    assertThat(decode("8185 37fa213d 7f9f4d5158")).containsExactly("text Hello");
    assertThat(decode("8985 37fa213d 7f9f4d5158")).containsExactly("ping 48656c6c6f");
  }

  @Test
  void joinsFragmentsAroundAPing() {
    assertThat(decode("0183 00000000 48656c  8980 00000000  8082 00000000 6c6f"))
        .containsExactly("ping ", "text Hello");
  }

  @Test
  void readsAnUnmaskedFrameOnlyWhenAllowed() {
    var hello = HexFormat.of().parseHex("810548656c6c6f");

    assertThat(decode(false, hello)).containsExactly("error PROTOCOL_ERROR");
    assertThat(decode(true, hello)).containsExactly("text Hello");
  }

  @ParameterizedTest
  @CsvSource({
    "C180 00000000, PROTOCOL_ERROR, a reserved bit",
    "8380 00000000, PROTOCOL_ERROR, an unknown data opcode",
    "8B80 00000000, PROTOCOL_ERROR, an unknown control opcode",
    "0980 00000000, PROTOCOL_ERROR, a fragmented ping",
    "89FE 007E, PROTOCOL_ERROR, a ping of 126 bytes",
    "8080 00000000, PROTOCOL_ERROR, a continuation of nothing",
    "0180 00000000 8180 00000000, PROTOCOL_ERROR, a message within a message",
    "82FF 8000000000000000, PROTOCOL_ERROR, a length with its highest bit",
    "82FF 0000000000000400, PROTOCOL_ERROR, a length in a longer form than it needs",
    "82FE 0005, PROTOCOL_ERROR, a length in a longer form than it needs",
    "82FF 0000000100000000, MESSAGE_TOO_BIG, four gibibytes",
    "82FE 1001, MESSAGE_TOO_BIG, one byte above the limit",
    "8181 00000000 FF, INVALID_UTF8, a byte that UTF-8 never has",
    "8182 00000000 C080, INVALID_UTF8, an overlong zero",
    "8183 00000000 EDA080, INVALID_UTF8, a surrogate",
    "8184 00000000 F4908080, INVALID_UTF8, beyond the last character",
    "8182 00000000 E282, INVALID_UTF8, a character cut short",
    "8881 00000000 03, PROTOCOL_ERROR, a close with half a code",
    "8883 00000000 03E8FF, INVALID_UTF8, a reason that is not UTF-8",
  })
  void refuses(String hex, CloseReason reason, String what) {
    assertThat(decode(hex)).as(what).containsExactly("error " + reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1012, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
  void refusesCloseCode(int code) {
    assertThat(decode(String.format("8882 00000000 %04x", code)))
        .containsExactly("error PROTOCOL_ERROR");
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1011, 3000, 3999, 4000, 4999})
  void acceptsCloseCode(int code) {
    assertThat(decode(String.format("8882 00000000 %04x", code))).containsExactly("close " + code);
  }

  @Test
  void anEmptyCloseCountsAs1000AndEndsTheReading() {
    assertThat(decode("8880 00000000 8180 00000000")).containsExactly("close 1000");
  }

  @Test
  void endlessContinuationsEndAtTheLimit() {
    var out = new ByteArrayOutputStream();
    out.writeBytes(masked(0x01, "a".getBytes(UTF_8), 7));
    for (int i = 0; i < MAX; i++) {
      out.writeBytes(masked(0x00, "a".getBytes(UTF_8), i));
    }

    assertThat(decode(false, out.toByteArray())).containsExactly("error MESSAGE_TOO_BIG");
  }

  @Test
  void invalidTextIsRefusedBeforeTheMessageIsComplete() {
    assertThat(decode("0184 00000000 48FF4848")).containsExactly("error INVALID_UTF8");
  }

  @Test
  void aCharacterMayBeSplitOverFragments() {
    assertThat(decode("0182 00000000 e282 8081 00000000 ac")).containsExactly("text \u20ac");
  }

  @Test
  void readsTheCompressedExamplesOfTheRfc() {
    var whole = HexFormat.of().parseHex("c107f248cdc9c90700");
    var fragments = HexFormat.of().parseHex("4103f248cd8004c9c90700");
    var withFinalBlock = HexFormat.of().parseHex("c108f348cdc9c9070000");

    assertThat(decode(true, true, whole)).containsExactly("text Hello");
    assertThat(decode(true, true, fragments)).containsExactly("text Hello");
    assertThat(decode(true, true, withFinalBlock)).containsExactly("text Hello");
    assertThat(decode(true, false, whole)).containsExactly("error PROTOCOL_ERROR");
  }

  @Test
  void aCompressionBombIsStoppedAtTheLimit() {
    var deflater = new Deflater(9, true);
    var bomb = PerMessageDeflate.deflate(new byte[3_000_000], deflater);
    deflater.end();

    assertThat(bomb.length).isLessThan(MAX);
    assertThat(decode(true, true, Frames.frame(Frames.BINARY | Frames.RSV1, bomb)))
        .containsExactly("error MESSAGE_TOO_BIG");
  }

  @Test
  void brokenCompressionIsRefused() {
    assertThat(decode(true, true, HexFormat.of().parseHex("c103ffffff")))
        .containsExactly("error PROTOCOL_ERROR");
    assertThat(decode(true, true, HexFormat.of().parseHex("c900")))
        .containsExactly("error PROTOCOL_ERROR");
  }

  @Test
  void whatIsDeflatedIsWhatIsInflated() {
    var random = new Random(9);
    var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    for (int length : new int[] {1, 50, 4_000, 8_100, 8_192, 8_200, 20_000, 70_000}) {
      var message = new byte[length];
      random.nextBytes(message);
      var inflated =
          PerMessageDeflate.inflate(PerMessageDeflate.deflate(message, deflater), length);

      assertThat(inflated)
          .isInstanceOfSatisfying(
              PerMessageDeflate.Inflated.Whole.class,
              whole -> assertThat(whole.bytes()).isEqualTo(message));
    }
    deflater.end();
  }

  @Test
  void anInflaterThatIsKeptInflatesEachMessageByItself() {
    var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try (var inflater = new Inflater(true)) {
      for (int length : new int[] {5, 70_000, 40}) {
        var message = "x".repeat(length).getBytes(US_ASCII);
        var deflated = PerMessageDeflate.deflate(message, deflater);
        var among = new byte[deflated.length + 5];
        System.arraycopy(deflated, 0, among, 3, deflated.length);
        var end = 3 + deflated.length;

        assertThat(PerMessageDeflate.inflate(among, 3, end, length, inflater))
            .isInstanceOfSatisfying(
                PerMessageDeflate.Inflated.Whole.class,
                whole -> assertThat(whole.bytes()).isEqualTo(message));
        assertThat(PerMessageDeflate.inflate(among, 3, end, length - 1, inflater))
            .isEqualTo(new PerMessageDeflate.Inflated.Failed(PerMessageDeflate.Failure.TOO_BIG));
        assertThat(PerMessageDeflate.inflate(new byte[] {-1, -1, -1}, 0, 3, length, inflater))
            .isEqualTo(new PerMessageDeflate.Inflated.Failed(PerMessageDeflate.Failure.BROKEN));
      }
    }
    deflater.end();
  }

  @Test
  void anyCutOfTheSameBytesGivesTheSame() {
    var random = new Random(42);
    for (int round = 0; round < 400; round++) {
      var bytes = conversation(random);
      var whole = decode(false, bytes);

      var single = new int[bytes.length];
      Arrays.setAll(single, i -> i);
      assertThat(decode(false, bytes, single)).isEqualTo(whole);
      var cuts = random.ints(5, 0, bytes.length + 1).sorted().toArray();
      assertThat(decode(false, bytes, cuts)).isEqualTo(whole);
    }
  }

  @Test
  void anyBytesGiveMessagesOrOneError() {
    var random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      var bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      if (round % 2 == 0 && bytes.length > 1) {
        bytes[0] = (byte) (0x80 | random.nextInt(16));
        bytes[1] |= (byte) 0x80;
      }

      var lines = decode(round % 3 == 0, round % 5 == 0, bytes, bytes.length / 2);

      assertThat(lines.stream().filter(line -> line.startsWith("error")).count())
          .isLessThanOrEqualTo(1);
    }
  }

  @Test
  void whatIsSentIsWhatIsRead() {
    var random = new Random(3);
    for (int length : new int[] {0, 1, 125, 126, 127, 1000, MAX}) {
      var payload = new byte[length];
      random.nextBytes(payload);

      var lines = decode(false, masked(0x82, payload, random.nextInt()));

      assertThat(lines).containsExactly("binary " + HexFormat.of().formatHex(payload));
      assertThat(decode(true, Frames.frame(Frames.BINARY, payload))).isEqualTo(lines);
    }
  }

  /** Frames that are mostly right, with a broken byte now and then. */
  private static byte[] conversation(Random random) {
    var out = new ByteArrayOutputStream();
    var open = false;
    for (int i = 0; i < 8; i++) {
      var text = "a\u00e9\u20ac\ud83d\ude00".repeat(random.nextInt(40)).getBytes(UTF_8);
      if (random.nextInt(4) == 0) {
        out.writeBytes(masked(0x89, new byte[random.nextInt(20)], random.nextInt()));
      }
      var last = random.nextBoolean();
      var split = random.nextInt(text.length + 1);
      var opcode = open ? 0 : 1;
      out.writeBytes(masked(opcode, Arrays.copyOf(text, split), random.nextInt()));
      out.writeBytes(
          masked(last ? 0x80 : 0, Arrays.copyOfRange(text, split, text.length), random.nextInt()));
      open = !last;
    }
    var bytes = out.toByteArray();
    if (random.nextBoolean()) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }
}
