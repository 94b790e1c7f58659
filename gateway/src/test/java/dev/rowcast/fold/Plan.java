package dev.rowcast.fold;

import dev.rowcast.fold.Transactions.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All that a seed decides: who the clients are, what is written, what goes wrong and when.
 *
 * <p>Immutable.
 */
record Plan(
    long seed,
    List<Member> clients,
    List<String> beginning,
    List<Transaction> transactions,
    List<Fault> faults) {
  private static final int CLIENTS = Integer.getInteger("rowcast.fold.clients", 200);
  private static final int TRANSACTIONS = Integer.getInteger("rowcast.fold.transactions", 300);
  private static final int WISHES = 60;

  /** A client; {@code seed} decides what it does when. */
  record Member(int number, Wish wish, Temper temper, long seed) {}

  /** By triggers, or by the log. */
  static boolean isByLog(long seed) {
    return seed % 2 == 0;
  }

  static Plan of(long seed) {
    var random = new SplittableRandom(seed);
    var clients = clients(random.split());
    var writing = new Transactions(random.split());
    var beginning = writing.beginning();
    var transactions = new ArrayList<Transaction>();
    for (int i = 0; i < TRANSACTIONS; i++) {
      transactions.add(writing.next());
    }
    return new Plan(seed, clients, beginning, transactions, faults(seed, random.split()));
  }

  private static List<Member> clients(SplittableRandom random) {
    var wishes = new ArrayList<Wish>();
    for (int i = 0; i < WISHES; i++) {
      wishes.add(Wish.random(random));
    }
    var clients = new ArrayList<Member>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          new Member(
              i,
              wishes.get(random.nextInt(WISHES)),
              Temper.random(random, TRANSACTIONS),
              random.nextLong()));
    }
    return clients;
  }

  /** Two to four, one after the other; the first one follows from the seed's number alone. */
  private static List<Fault> faults(long seed, SplittableRandom random) {
    var kinds = Fault.Kind.values();
    var faults = new ArrayList<Fault>();
    var many = 2 + random.nextInt(3);
    var part = TRANSACTIONS / (many + 1);
    for (int i = 0; i < many; i++) {
      var kind =
          i == 0
              ? kinds[(int) (Math.floorDiv(seed, 2) % kinds.length)]
              : kinds[random.nextInt(kinds.length)];
      var at = part / 2 + i * part + random.nextInt(part / 2);
      faults.add(new Fault(kind, at, random.nextInt(part / 2), random.nextInt(2)));
    }
    return faults;
  }

  /** Whether clients may be told that another log has begun. */
  boolean endsEpoch() {
    return faults.stream().anyMatch(fault -> fault.kind().endsEpoch());
  }
}
