package io.penstock.streams;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the id of a pipeline's input where the topic's deletion does not reach it. Brokers delete a
 * topic's offsets with the topic: what is begun anew at "latest" would pass over what a topic that
 * was made anew begins with, and nothing would tell. So the id is also the text beside an offset
 * that a group of its own has in the control topic, which an instance may read anyway. The offset
 * means nothing; it is the topic's end, so that no group seems to lag. It expires as offsets do,
 * and has to be kept again before. Immutable.
 *
 * @param group whose offset it is; it has no members
 * @param at the partition that the offset is of
 */
record InputMarker(String group, TopicPartition at) {

  /**
   * That of a pipeline.
   *
   * @param controlTopic which is there for as long as the service
   */
  static InputMarker of(StreamsSettings settings, String controlTopic) {
    return new InputMarker(settings.inputGroup(), new TopicPartition(controlTopic, 0));
  }

  /** The id that was kept last, as it was written; empty if there is none, or none any more. */
  Optional<String> kept(Admin admin) throws ExecutionException, InterruptedException {
    OffsetAndMetadata offset =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(at);
    return Optional.ofNullable(offset).flatMap(InputIdentity::stampOf);
  }

  /** Keeps the id of that topic from now on. Without effect where brokers do not tell it. */
  void keep(Admin admin, InputIdentity input) throws ExecutionException, InterruptedException {
    if (input.isKnown()) {
      long end =
          admin.listOffsets(Map.of(at, OffsetSpec.latest())).partitionResult(at).get().offset();
      OffsetAndMetadata offset = input.stamped(new OffsetAndMetadata(end));
      Objects.requireNonNull(admin.alterConsumerGroupOffsets(group, Map.of(at, offset)).all())
          .get();
    }
  }
}
