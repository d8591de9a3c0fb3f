package io.penstock.streams;

import io.penstock.config.StartFrom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a pipeline's first offsets before it starts, once in its life.
 *
 * <p>Left to the consumer's {@code auto.offset.reset}, "latest" would be decided anew by every
 * instance that starts before the first commit, and what arrived in between would be lost. Written
 * down first, the start holds through any crash. Partitions that are added later have no offset and
 * are read from their beginning.
 */
final class StartPosition {

  private static final Logger log = LoggerFactory.getLogger(StartPosition.class);

  private final Admin admin;
  private final String pipeline;
  private final String group;
  private final StartFrom startFrom;
  private final InputMarker marker;

  /** That of a pipeline by that name. */
  StartPosition(Admin admin, String pipeline, StreamsSettings settings, InputMarker marker) {
    this.admin = admin;
    this.pipeline = pipeline;
    this.group = settings.applicationId();
    this.startFrom = settings.startFrom();
    this.marker = marker;
  }

  /**
   * Commits nothing for a group that has offsets in the topic already, or has members; nor where
   * the earliest records come first, since a consumer without an offset begins with these.
   *
   * @throws InputLostException if its offsets are of another topic that had the name, or it has
   *     begun with another one
   */
  void commitOnce(InputIdentity input, int partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    input.requireSame(pipeline, group, committed);
    if (!startFrom.mayPassOverRecords()) {
      return;
    }
    if (!hasOffsets(committed, input.topic())) {
      requireBegunWith(input);
      marker.keep(admin, input);
      commit(input.stamp(resolve(input.topic(), partitions)));
    }
  }

  private void requireBegunWith(InputIdentity input)
      throws ExecutionException, InterruptedException {
    Optional<String> kept = marker.kept(admin, input.topic());
    if (input.isKnown() && kept.isPresent() && !kept.get().equals(input.id().toString())) {
      // Or it would expire while a supervisor starts the pipeline again and again.
      marker.renew(admin);
      throw input.begunWith(pipeline, group, kept.get(), startFrom);
    }
  }

  private void commit(Map<TopicPartition, OffsetAndMetadata> start)
      throws ExecutionException, InterruptedException {
    try {
      admin.alterConsumerGroupOffsets(group, start).all().get();
      log.info(
          "start position committed group={} startFrom={} offsets={}", group, startFrom, start);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownMemberIdException)) {
        throw e;
      }
      log.info("start position left to the instances that run already group={}", group);
    }
  }

  private static boolean hasOffsets(
      Map<TopicPartition, OffsetAndMetadata> committed, String topic) {
    return committed.entrySet().stream()
        .anyMatch(entry -> entry.getKey().topic().equals(topic) && entry.getValue() != null);
  }

  private Map<TopicPartition, OffsetAndMetadata> resolve(String topic, int partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> start = new HashMap<>();
    offsets(topic, partitions, OffsetSpec.latest())
        .forEach((partition, end) -> start.put(partition, new OffsetAndMetadata(end.offset())));
    if (startFrom instanceof StartFrom.Time at) {
      // A partition without a record at or after the time answers -1: it starts at its end.
      offsets(topic, partitions, OffsetSpec.forTimestamp(at.time().toEpochMilli()))
          .forEach(
              (partition, found) -> {
                if (found.offset() >= 0) {
                  start.put(partition, new OffsetAndMetadata(found.offset()));
                }
              });
    }
    return start;
  }

  private Map<TopicPartition, ListOffsetsResultInfo> offsets(
      String topic, int partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> request = new HashMap<>();
    IntStream.range(0, partitions)
        .forEach(partition -> request.put(new TopicPartition(topic, partition), spec));
    return admin.listOffsets(request).all().get();
  }
}
