package io.penstock.service;

/** Registry subjects by Confluent's TopicNameStrategy. */
final class Subjects {

  private Subjects() {}

  /** The subject of a topic's values. */
  static String ofValues(String topic) {
    return topic + "-value";
  }
}
