package io.penstock.chaos;

/** A kind of fault, and its extent: how long it lasts, in milliseconds, or how many runs. */
enum Fault {
  /** SIGKILL; another process takes its place after that time. */
  KILL(Target.INSTANCE, 2, 0, 3000),
  /** SIGTERM, which has to drain; another process takes its place that long after the end. */
  TERMINATE(Target.INSTANCE, 2, 0, 3000),
  /** SIGSTOP, then SIGCONT: a zombie once the session and the transaction have timed out. */
  FREEZE(Target.INSTANCE, 3, 3500, 7000),
  /** One more instance. */
  JOIN(Target.FREE_SLOT, 2, 0, 0),
  /** SIGTERM, and nobody takes its place. */
  LEAVE(Target.INSTANCE, 2, 0, 0),
  /** SIGKILL of the broker, which comes back on its data and its port. */
  BROKER_CRASH(Target.BROKER, 2, 0, 2000),
  /** The broker answers nobody for that long. */
  BROKER_FREEZE(Target.BROKER, 2, 1000, 6000),
  /** A run of the model takes that long: shorter and longer than a commit may wait. */
  MODEL_HANG(Target.INSTANCE, 2, 500, 7000),
  /** So many runs of the model fail, one after the other. */
  MODEL_FAILURE(Target.INSTANCE, 2, 1, 40),
  /** Forwarding an outcome times out on the way from {@code process()}. */
  TIMEOUT_IN_PROCESS(Target.INSTANCE, 1, 0, 0),
  /** The same, between two polls. */
  TIMEOUT_IN_POLL(Target.INSTANCE, 1, 0, 0),
  /** The same, in the hook before a commit. */
  TIMEOUT_IN_HOOK(Target.INSTANCE, 1, 0, 0),
  /** The producer takes an outcome and then fails to send it. */
  FAILED_SEND(Target.INSTANCE, 2, 0, 0),
  /** A command to promote version 2. */
  PROMOTE(Target.FLEET, 0, 0, 0),
  /** A command to roll back. */
  ROLL_BACK(Target.FLEET, 0, 0, 0);

  private final Target target;
  private final int weight;
  private final int minExtent;
  private final int maxExtent;

  Fault(Target target, int weight, int minExtent, int maxExtent) {
    this.target = target;
    this.weight = weight;
    this.minExtent = minExtent;
    this.maxExtent = maxExtent;
  }

  /** What a fault strikes. */
  enum Target {
    INSTANCE,
    FREE_SLOT,
    BROKER,
    FLEET
  }

  Target target() {
    return target;
  }

  /** How often it is drawn; 0 for what plans have by rule. */
  int weight() {
    return weight;
  }

  int minExtent() {
    return minExtent;
  }

  int maxExtent() {
    return maxExtent;
  }

  /**
   * Whether a process starts meanwhile, which takes the others' share of the machine for a while.
   */
  boolean startsProcess() {
    return this == KILL || this == TERMINATE || this == JOIN;
  }

  /** Whether a service may give up because of it: its model does not work. */
  boolean breaksModel() {
    return this == MODEL_HANG || this == MODEL_FAILURE;
  }
}
