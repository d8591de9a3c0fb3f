package io.penstock.control;

import io.penstock.schemas.ModelDecision;

/**
 * Levels of the control protocol. What a level brings is used only once every live instance of the
 * model speaks it, so that a fleet behaves as its lowest; and each decision names the level that it
 * takes to understand it, so that whoever comes later and is below it keeps off.
 */
public final class ProtocolLevel {

  /** Promotion in two phases. */
  public static final int TWO_PHASES = 1;

  /** Labels, pins, loading and unloading; promotions with a manifest or a required share. */
  public static final int HOLDINGS = 2;

  /** Pipelines that are paused and resumed by command. */
  public static final int PAUSES = 3;

  /** Promotions from a record timestamp on. */
  public static final int TIMESTAMPS = 4;

  /** The level that this code speaks. */
  public static final int CURRENT = TIMESTAMPS;

  private ProtocolLevel() {}

  /** The lowest level that understands all that a decision says. */
  static int neededBy(ModelDecision decision) {
    if (decision.getEffectiveFrom() != null || decision.getActiveFrom() != null) {
      return TIMESTAMPS;
    }
    boolean plain =
        Holdings.of(decision).equals(Holdings.NONE)
            && decision.getRequire() == null
            && decision.getManifest().isEmpty()
            && decision.getActiveManifest().isEmpty()
            && decision.getPreviousManifest().isEmpty();
    return !decision.getPaused().isEmpty() ? PAUSES : plain ? TWO_PHASES : HOLDINGS;
  }
}
