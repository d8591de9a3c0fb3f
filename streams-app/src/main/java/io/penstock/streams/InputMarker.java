package io.penstock.streams;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the id of a pipeline's input where the topic's deletion does not reach it. Brokers delete a
 * topic's offsets with the topic: what is begun anew at "latest" would pass over what a topic that
 * was made anew begins with, and nothing would tell. So the topic's name and id are also the text
 * beside an offset that a group of its own has in the control topic, which an instance may read
 * anyway. The offset means nothing; it is the topic's end, so that tools see hardly any lag. It
 * expires as offsets do, and has to be kept again before. Immutable.
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

  /** The id that was kept of that topic, as it was written; empty if none was, or it expired. */
  Optional<String> kept(Admin admin, String topic) throws ExecutionException, InterruptedException {
    return offset(admin)
        .filter(offset -> InputIdentity.plain(offset).equals(topic))
        .flatMap(InputIdentity::stampOf);
  }

  /** Keeps the id of that topic from now on. Without effect where brokers do not tell it. */
  void keep(Admin admin, InputIdentity input) throws ExecutionException, InterruptedException {
    if (input.isKnown()) {
      long end =
          admin.listOffsets(Map.of(at, OffsetSpec.latest())).partitionResult(at).get().offset();
      write(admin, input.stamped(new OffsetAndMetadata(end, input.topic())));
    }
  }

  /** Keeps what is kept for as long again. */
  void renew(Admin admin) throws ExecutionException, InterruptedException {
    Optional<OffsetAndMetadata> offset = offset(admin);
    if (offset.isPresent()) {
      write(admin, offset.get());
    }
  }

  private Optional<OffsetAndMetadata> offset(Admin admin)
      throws ExecutionException, InterruptedException {
    return Optional.ofNullable(
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(at));
  }

  private void write(Admin admin, OffsetAndMetadata offset)
      throws ExecutionException, InterruptedException {
    admin.alterConsumerGroupOffsets(group, Map.of(at, offset)).all().get();
  }
}
