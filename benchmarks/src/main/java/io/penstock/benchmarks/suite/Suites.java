package io.penstock.benchmarks.suite;

import java.util.List;
import java.util.Optional;

/** All suites, in the order in which they are run. */
public final class Suites {

  private static final List<Suite> ALL =
      List.of(
          new ThroughputSuite(),
          new LatencySuite(),
          new SlowModelSuite(),
          new NeighbourSuite(),
          new RequestsSuite(),
          new BatchSizeSuite(),
          new StartSuite(),
          new SwapSuite(),
          new PartitionsSuite(),
          new ModelsSuite(),
          new BacklogSuite(),
          new ScaleSuite(),
          new MicroSuite(),
          new GuardSuite());

  private Suites() {}

  /** All of them. */
  public static List<Suite> all() {
    return ALL;
  }

  /** The one of that name. */
  public static Optional<Suite> named(String name) {
    return ALL.stream().filter(suite -> suite.name().equals(name)).findFirst();
  }
}
