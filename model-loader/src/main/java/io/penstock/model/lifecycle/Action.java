package io.penstock.model.lifecycle;

/** What a transition policy would have done next. */
sealed interface Action {

  /** Load a version that is at START. */
  record Load(long version) implements Action {}

  /** Unload a version that is AVAILABLE. */
  record Unload(long version) implements Action {}
}
