package io.penstock.demo.wire;

/** Where a record is in Kafka. */
public record Coordinates(String topic, int partition, long offset) {

  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
