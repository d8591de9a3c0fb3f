package io.penstock.model.source;

/**
 * A place that models come from. Not thread-safe: one thread scans, again and again, and every
 * report stands for itself: a source is asked for what it aspires to, never told what became of it.
 */
public interface ModelSource {

  /** Looks once and says what is there. Reports a failure to look instead of throwing. */
  SourceReport scan();
}
