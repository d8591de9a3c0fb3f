package io.penstock.registry;

/** Hears of every request to the registry, each retry for itself. On any thread; must not block. */
@FunctionalInterface
public interface RequestListener {

  /** What became of a request. */
  enum Outcome {
    /** The registry answered what was asked. */
    ANSWERED,
    /** It does not know it or does not allow it: asking again would not help. */
    REFUSED,
    /** It could not be reached, or was not well. */
    FAILED
  }

  /** A request has ended, so long after it was sent. */
  void asked(Outcome outcome, long nanos);
}
