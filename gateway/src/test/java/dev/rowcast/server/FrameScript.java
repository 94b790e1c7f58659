package dev.rowcast.server;

import dev.rowcast.testing.WireClient.Frame;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * One line of {@code conformance.txt}; its notation is explained there.
 *
 * <p>Immutable.
 */
record FrameScript(
    String id, String what, List<String> sent, List<String> heard, List<String> answered) {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] MASK = HEX.parseHex("37fa213d");

  static FrameScript parse(String line) {
    var columns = line.split(" \\| ", -1);
    if (columns.length != 5) {
      throw new IllegalArgumentException("not five columns: " + line);
    }
    return new FrameScript(
        columns[0], columns[1], words(columns[2]), words(columns[3]), words(columns[4]));
  }

  private static List<String> words(String column) {
    return column.equals("-") ? List.of() : List.of(column.split(" ", -1));
  }

  /** What the client writes, piece by piece. */
  List<byte[]> pieces() {
    int chop = Integer.MAX_VALUE;
    int split = Integer.MAX_VALUE;
    int times = 1;
    var bytes = new ByteArrayOutputStream();
    for (var word : sent) {
      if (word.startsWith("chop")) {
        chop = Integer.parseInt(word.substring(4));
      } else if (word.startsWith("split")) {
        split = Integer.parseInt(word.substring(5));
      } else if (word.startsWith("times")) {
        times = Integer.parseInt(word.substring(5));
      } else {
        for (int i = 0; i < times; i++) {
          bytes.writeBytes(split == Integer.MAX_VALUE ? frame(word) : fragments(word, split));
        }
        split = Integer.MAX_VALUE;
        times = 1;
      }
    }
    var all = bytes.toByteArray();
    var pieces = new ArrayList<byte[]>();
    for (int from = 0; from < all.length; ) {
      var to = (int) Math.min(all.length, (long) from + chop);
      pieces.add(Arrays.copyOfRange(all, from, to));
      from = to;
    }
    return pieces;
  }

  /** The frames a listener hears. */
  List<Frame> heardFrames() {
    return frames(heard);
  }

  /** The frames the client is answered; of a close the code alone. */
  List<Frame> answers() {
    return frames(answered);
  }

  private static List<Frame> frames(List<String> words) {
    var frames = new ArrayList<Frame>();
    int times = 1;
    for (var word : words) {
      if (word.startsWith("times")) {
        times = Integer.parseInt(word.substring(5));
        continue;
      }
      var colon = word.indexOf(':');
      var opcode =
          switch (word.substring(0, colon)) {
            case "text" -> Frame.TEXT;
            case "binary" -> Frame.BINARY;
            case "pong" -> Frame.PONG;
            case "close" -> Frame.CLOSE;
            default -> throw new IllegalArgumentException(word);
          };
      for (int i = 0; i < times; i++) {
        frames.add(new Frame(true, 0, opcode, false, payload(word.substring(colon + 1))));
      }
      times = 1;
    }
    return frames;
  }

  private static byte[] frame(String word) {
    if (word.startsWith("raw:")) {
      return payload(word.substring(4));
    }
    var bare = word.startsWith("u");
    var rest = bare ? word.substring(1) : word;
    var first = HEX.parseHex(rest.substring(0, 2))[0];
    var payload = payload(rest.substring(rest.indexOf(':') + 1));
    var length =
        rest.charAt(2) == '['
            ? Integer.parseInt(rest.substring(3, rest.indexOf(']')))
            : payload.length;
    return frame(first, payload, length, bare);
  }

  private static byte[] frame(int first, byte[] payload, int length, boolean bare) {
    var bytes = new ByteArrayOutputStream(payload.length + 14);
    bytes.write(first);
    var masked = bare ? 0 : 0x80;
    if (length < 126) {
      bytes.write(masked | length);
    } else if (length <= 0xFFFF) {
      bytes.write(masked | 126);
      bytes.write(length >> 8);
      bytes.write(length);
    } else {
      bytes.write(masked | 127);
      bytes.writeBytes(new byte[4]);
      for (int shift = 24; shift >= 0; shift -= 8) {
        bytes.write(length >> shift);
      }
    }
    if (!bare) {
      bytes.writeBytes(MASK);
    }
    for (int i = 0; i < payload.length; i++) {
      bytes.write(bare ? payload[i] : payload[i] ^ MASK[i % 4]);
    }
    return bytes.toByteArray();
  }

  private static byte[] fragments(String word, int size) {
    var opcode = HEX.parseHex(word.substring(0, 2))[0] & 0x0F;
    var payload = payload(word.substring(word.indexOf(':') + 1));
    var bytes = new ByteArrayOutputStream();
    for (int from = 0; from < payload.length; from += size) {
      var to = Math.min(payload.length, from + size);
      var first = (to == payload.length ? 0x80 : 0) | (from == 0 ? opcode : 0);
      bytes.writeBytes(frame(first, Arrays.copyOfRange(payload, from, to), to - from, false));
    }
    return bytes.toByteArray();
  }

  private static byte[] payload(String text) {
    var bytes = new ByteArrayOutputStream();
    for (var part : text.split("\\+", -1)) {
      var star = part.indexOf('*');
      var unit = HEX.parseHex(star < 0 ? part : part.substring(0, star));
      var count = star < 0 ? 1 : Integer.parseInt(part.substring(star + 1));
      for (int i = 0; i < count; i++) {
        bytes.writeBytes(unit);
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return id + " " + what;
  }
}
