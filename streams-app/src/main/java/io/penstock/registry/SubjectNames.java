package io.penstock.registry;

import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.Schema;

/** How the subjects of topics' values are named: Confluent's three strategies. */
public enum SubjectNames {
  /** After the topic, which then has one kind of record. */
  TOPIC("TopicNameStrategy"),
  /** After the record, wherever it is. */
  RECORD("RecordNameStrategy"),
  /** After both. */
  TOPIC_RECORD("TopicRecordNameStrategy");

  private final String strategy;

  SubjectNames(String strategy) {
    this.strategy = strategy;
  }

  /** The one that Confluent's class is, named in full or by its last part. */
  static Optional<SubjectNames> of(String className) {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    return Arrays.stream(values()).filter(names -> names.strategy.equals(simple)).findFirst();
  }

  /** The subject of a schema that a topic's values are written with. */
  public String of(String topic, Schema schema) {
    return switch (this) {
      case TOPIC -> Subjects.ofValues(topic);
      case RECORD -> schema.getFullName();
      case TOPIC_RECORD -> topic + "-" + schema.getFullName();
    };
  }

  /** Whether the topic alone says what the subject is. */
  public boolean areKnownByTopic() {
    return this == TOPIC;
  }
}
