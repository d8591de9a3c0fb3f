package io.penstock.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * What is to happen to a fleet, and when: a pure function of a seed.
 *
 * <p>Every plan kills, stops and promotes; what else it does, when and to whom, is random, and so
 * is what overlaps. The broker alone does not fail twice at a time, and one instance always stays
 * wanted.
 *
 * @param instances wanted at the start, in slots from 0
 * @param threads stream threads of each
 * @param inferenceThreads of each
 * @param strikes by time
 */
record Plan(
    long seed,
    Guarantee guarantee,
    int instances,
    int threads,
    int inferenceThreads,
    Mix mix,
    List<Strike> strikes) {

  static final int SLOTS = 3;

  /** In this time the strikes begin. */
  static final int SPAN_MILLIS = 9000;

  private static final int MIN_EXTRA = 3;
  private static final int MAX_EXTRA = 6;

  /** The broker is left alone for as long after it was back. */
  private static final int BROKER_REST_MILLIS = 1000;

  /** About as long an instance takes to start: before, there is little to strike. */
  private static final int START_MILLIS = 5000;

  Plan {
    strikes = List.copyOf(strikes);
  }

  /**
   * How many of thousand records are none that the model predicts.
   *
   * @param garbage bytes that do not decode
   * @param poison rows on which the model refuses its batch
   * @param oversize records whose prediction is larger than its topic takes
   */
  record Mix(int garbage, int poison, int oversize) {

    @Override
    public String toString() {
      return "%d/%d/%d".formatted(garbage, poison, oversize);
    }
  }

  static Plan draw(long seed, Guarantee guarantee) {
    SplittableRandom random = new SplittableRandom(seed);
    int instances = random.nextInt(1, SLOTS + 1);
    int threads = random.nextInt(1, 3);
    int inferenceThreads = random.nextInt(1, 3);
    Mix mix = new Mix(random.nextInt(6), random.nextInt(4), random.nextInt(3));
    return new Plan(
        seed,
        guarantee,
        instances,
        threads,
        inferenceThreads,
        mix,
        new Drawing(random, instances).strikes());
  }

  /** Whether any strike is of that kind. */
  boolean has(Fault fault) {
    return strikes.stream().anyMatch(strike -> strike.fault() == fault);
  }

  /** When the last fault is over. */
  int endMillis() {
    return strikes.stream().mapToInt(Strike::endMillis).max().orElse(0);
  }

  /** Goes through the plan's time and knows who is wanted when. */
  private static final class Drawing {

    private final SplittableRandom random;
    private final TreeSet<Integer> wanted = new TreeSet<>();
    private final int[] upAt = new int[SLOTS];
    private int brokerFreeAt;

    Drawing(SplittableRandom random, int instances) {
      this.random = random;
      for (int slot = 0; slot < instances; slot++) {
        wanted.add(slot);
      }
    }

    List<Strike> strikes() {
      int extra = random.nextInt(MIN_EXTRA, MAX_EXTRA + 1);
      List<Fault> faults = new ArrayList<>(List.of(Fault.KILL, Fault.TERMINATE, Fault.PROMOTE));
      for (int i = 0; i < extra; i++) {
        faults.add(drawFault());
      }
      if (random.nextBoolean()) {
        faults.add(Fault.ROLL_BACK);
      }
      List<Integer> times = new ArrayList<>();
      faults.forEach(fault -> times.add(random.nextInt(SPAN_MILLIS)));
      shuffle(faults);
      times.sort(Comparator.naturalOrder());
      promoteBeforeRollBack(faults);
      List<Strike> strikes = new ArrayList<>();
      for (int i = 0; i < faults.size(); i++) {
        strikes.add(strike(times.get(i), possible(faults.get(i), times.get(i))));
      }
      return strikes;
    }

    private Fault drawFault() {
      int ticket = random.nextInt(Arrays.stream(Fault.values()).mapToInt(Fault::weight).sum());
      for (Fault fault : Fault.values()) {
        ticket -= fault.weight();
        if (ticket < 0) {
          return fault;
        }
      }
      throw new AssertionError();
    }

    private void shuffle(List<Fault> faults) {
      for (int i = faults.size() - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        faults.set(i, faults.set(other, faults.get(i)));
      }
    }

    private static void promoteBeforeRollBack(List<Fault> faults) {
      int promote = faults.indexOf(Fault.PROMOTE);
      int rollBack = faults.indexOf(Fault.ROLL_BACK);
      if (rollBack >= 0 && rollBack < promote) {
        faults.set(rollBack, Fault.PROMOTE);
        faults.set(promote, Fault.ROLL_BACK);
      }
    }

    /** The fault, or what comes closest to it in this state. */
    private Fault possible(Fault fault, int atMillis) {
      return switch (fault.target()) {
        case BROKER -> atMillis < brokerFreeAt ? Fault.FREEZE : fault;
        case FREE_SLOT -> wanted.size() == SLOTS ? Fault.LEAVE : fault;
        default -> fault == Fault.LEAVE && wanted.size() == 1 ? Fault.JOIN : fault;
      };
    }

    private Strike strike(int atMillis, Fault fault) {
      int extent = random.nextInt(fault.minExtent(), fault.maxExtent() + 1);
      int slot =
          switch (fault.target()) {
            case INSTANCE -> wantedSlot(atMillis);
            case FREE_SLOT -> freeSlot();
            default -> Strike.NO_SLOT;
          };
      Strike strike = new Strike(atMillis, fault, slot, extent);
      switch (fault) {
        case JOIN -> {
          wanted.add(slot);
          upAt[slot] = atMillis + START_MILLIS;
        }
        case LEAVE -> wanted.remove(slot);
        case KILL, TERMINATE -> upAt[slot] = strike.endMillis() + START_MILLIS;
        case FREEZE -> upAt[slot] = strike.endMillis();
        case BROKER_CRASH, BROKER_FREEZE -> brokerFreeAt = strike.endMillis() + BROKER_REST_MILLIS;
        default -> {}
      }
      return strike;
    }

    /** Mostly one that is up, if any is: but one that starts or stands still may be struck, too. */
    private int wantedSlot(int atMillis) {
      List<Integer> candidates = wanted.stream().filter(slot -> upAt[slot] <= atMillis).toList();
      if (candidates.isEmpty() || random.nextInt(4) == 0) {
        candidates = List.copyOf(wanted);
      }
      return candidates.get(random.nextInt(candidates.size()));
    }

    private int freeSlot() {
      for (int slot = 0; slot < SLOTS; slot++) {
        if (!wanted.contains(slot)) {
          return slot;
        }
      }
      throw new AssertionError();
    }
  }
}
