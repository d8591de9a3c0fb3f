package io.penstock.control;

/** Levels of the control protocol. A fleet behaves as the lowest of its live instances. */
public final class ProtocolLevel {

  /** Promotion in two phases. */
  public static final int TWO_PHASES = 1;

  /** The level that this code speaks. */
  public static final int CURRENT = TWO_PHASES;

  private ProtocolLevel() {}
}
