package dev.rowcast.fold;

import java.util.SplittableRandom;

/**
 * How a client behaves.
 *
 * <p>Immutable.
 *
 * @param begins after how many transactions
 * @param isSlow stops reading now and then, for as long as some transactions take
 * @param isRestless is cut off now and then, and comes back at once or some transactions later
 * @param conflates wants only the latest of each row while it lags behind
 * @param startsAnew after a reset asks for a snapshot; otherwise it reads the rows by itself
 */
record Temper(
    Carrier carrier,
    Start start,
    int begins,
    boolean isSlow,
    boolean isRestless,
    boolean conflates,
    boolean startsAnew) {

  /** By what it is told. */
  enum Carrier {
    STREAM,
    SOCKET,
    PAGE
  }

  /** With which rows it begins. */
  enum Start {
    /** It asks for what happens from now on, before anything happens, and reads the rows then. */
    NOW,
    /** It asks for the rows. */
    SNAPSHOT,
    /** It has read the rows together with {@code rowcast.position()}. */
    RENDERED
  }

  /** Of a client that may begin while so many transactions happen. */
  static Temper random(SplittableRandom random, int transactions) {
    var carriers = random.nextInt(20);
    var carrier = carriers < 9 ? Carrier.STREAM : carriers < 18 ? Carrier.SOCKET : Carrier.PAGE;
    var isEarly = random.nextInt(2) == 0;
    var starts = random.nextInt(3);
    var start = starts == 0 && isEarly ? Start.NOW : starts == 1 ? Start.SNAPSHOT : Start.RENDERED;
    return new Temper(
        carrier,
        start,
        isEarly ? 0 : random.nextInt(transactions),
        random.nextInt(5) == 0,
        random.nextInt(3) == 0,
        carrier == Carrier.SOCKET && random.nextInt(4) == 0,
        random.nextBoolean());
  }
}
