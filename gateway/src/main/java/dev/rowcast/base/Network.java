package dev.rowcast.base;

import java.net.InetAddress;

/**
 * A range of addresses as an operator writes it: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a
 * single address.
 *
 * <p>Immutable. Never asks a name server.
 *
 * @param bits how many bits at the beginning an address must have in common with this one
 */
public record Network(InetAddress address, int bits) {

  /** Refuses more bits than the address has. */
  public Network {
    var all = address.getAddress().length * 8;
    if (bits < 0 || bits > all) {
      throw new IllegalArgumentException(
          "a network of " + bits + " bits at " + address.getHostAddress() + " has 0 to " + all);
    }
  }

  /**
   * Reads ADDRESS or ADDRESS/BITS.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public static Network parse(String text) {
    var slash = text.indexOf('/');
    try {
      var address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      var bits =
          slash < 0
              ? address.getAddress().length * 8
              : Integer.parseInt(text, slash + 1, text.length(), 10);
      return new Network(address, bits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a network; write for example 10.0.0.0/8 or 2001:db8::/32", e);
    }
  }

  /** Whether an address lies in it; one of the other family does not. */
  public boolean contains(InetAddress other) {
    var mine = address.getAddress();
    var theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit += 8) {
      var mask = bits - bit >= 8 ? 0xFF : 0xFF00 >> (bits - bit) & 0xFF;
      if (((mine[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + bits;
  }
}
