package io.penstock.registry;

/** Registry subjects by Confluent's TopicNameStrategy. */
public final class Subjects {

  private Subjects() {}

  /** The subject of a topic's values. */
  public static String ofValues(String topic) {
    return topic + "-value";
  }
}
