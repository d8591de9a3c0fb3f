package io.penstock.chaos;

/** What the plans of one guarantee came to together. Not thread-safe. */
final class Totals {

  private final Guarantee guarantee;
  private int plans;
  private int others;
  private int strikes;
  private long inFlight;
  private long inputs;
  private long outcomes;
  private long lost;
  private long duplicated;
  private long outOfOrder;

  Totals(Guarantee guarantee) {
    this.guarantee = guarantee;
  }

  void add(Findings findings) {
    if (!findings.counts()) {
      others++;
      return;
    }
    plans++;
    strikes += findings.struck().size();
    inFlight += findings.inFlight();
    inputs += findings.count().inputs();
    outcomes += findings.count().outcomes();
    lost += findings.count().lost();
    duplicated += findings.count().duplicated();
    outOfOrder += findings.count().disorder().size();
  }

  /** Those that count. */
  int plans() {
    return plans;
  }

  /** One line. */
  @Override
  public String toString() {
    return ("total guarantee=%s plans=%d notCounted=%d strikes=%d inFlight=%d inputs=%d outcomes=%d lost=%d"
            + " duplicated=%d outOfOrder=%d")
        .formatted(
            guarantee,
            plans,
            others,
            strikes,
            inFlight,
            inputs,
            outcomes,
            lost,
            duplicated,
            outOfOrder);
  }
}
