package io.penstock.check.topic;

/** What a cluster says of a topic. */
public sealed interface TopicState {

  /** It is not there. */
  record Missing() implements TopicState {}

  /**
   * It is there.
   *
   * @param cleanupPolicy its {@code cleanup.policy}; empty where this client may not see it
   */
  record Present(int partitions, String cleanupPolicy) implements TopicState {}

  /** The cluster does not say. */
  record Unreadable(String reason) implements TopicState {}
}
