package io.penstock.streams;

import io.penstock.config.StartFrom;
import io.penstock.pipeline.ThreadLanes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Which topic a pipeline reads. Kafka keeps offsets by a topic's name; one that was deleted and
 * created again has the same name and another id, and an offset of the former means nothing in it.
 * So each offset is committed with the id of its topic, at the end of the text that Kafka keeps
 * beside it, behind what Streams writes there. An offset without an id, such as somebody has set by
 * a tool, holds for whatever topic has the name. Immutable.
 *
 * @param id as brokers tell it; {@link Uuid#ZERO_UUID} if they do not
 */
record InputIdentity(String topic, Uuid id) {

  /** Behind base64, which has no semicolon. */
  private static final String MARK = ";topic-id=";

  /** Of the topic that these threads read. */
  static InputIdentity of(ThreadLanes lanes) {
    return new InputIdentity(lanes.topics().input(), lanes.topics().inputId());
  }

  /** Whether brokers tell it: those before 2.8 do not. */
  boolean isKnown() {
    return !id.equals(Uuid.ZERO_UUID);
  }

  /** The offsets as they are to be committed. */
  Map<TopicPartition, OffsetAndMetadata> stamp(Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (!isKnown()) {
      return offsets;
    }
    return offsets.entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, entry -> stamp(entry.getKey(), entry.getValue())));
  }

  private OffsetAndMetadata stamp(TopicPartition partition, OffsetAndMetadata offset) {
    return partition.topic().equals(topic) ? stamped(offset) : offset;
  }

  /** One offset with the id. */
  OffsetAndMetadata stamped(OffsetAndMetadata offset) {
    return with(plain(offset) + MARK + id, offset);
  }

  /** The offsets as Streams has committed them. Those that are null stay so. */
  static Map<TopicPartition, OffsetAndMetadata> unstamp(
      Map<TopicPartition, OffsetAndMetadata> committed) {
    Map<TopicPartition, OffsetAndMetadata> unstamped = new HashMap<>(committed);
    committed.forEach(
        (partition, offset) -> {
          if (offset != null) {
            unstamped.put(partition, with(plain(offset), offset));
          }
        });
    return unstamped;
  }

  private static OffsetAndMetadata with(String metadata, OffsetAndMetadata offset) {
    return new OffsetAndMetadata(offset.offset(), offset.leaderEpoch(), metadata);
  }

  /** The text beside an offset, without the id. */
  static String plain(OffsetAndMetadata offset) {
    int mark = offset.metadata().lastIndexOf(MARK);
    return mark < 0 ? offset.metadata() : offset.metadata().substring(0, mark);
  }

  /** The id of the topic that an offset is of; empty if it was committed without. */
  static Optional<String> stampOf(OffsetAndMetadata offset) {
    int mark = offset.metadata().lastIndexOf(MARK);
    return mark < 0
        ? Optional.empty()
        : Optional.of(offset.metadata().substring(mark + MARK.length()));
  }

  /**
   * Fails where offsets were committed of a topic that is not there any more.
   *
   * @param committed those of the group
   * @throws InputLostException if there is one of another topic by the same name
   */
  void requireSame(
      String pipeline, String group, Map<TopicPartition, OffsetAndMetadata> committed) {
    if (!isKnown()) {
      return;
    }
    SortedMap<Integer, String> others = new TreeMap<>();
    committed.forEach(
        (partition, offset) -> {
          if (offset != null && partition.topic().equals(topic)) {
            stampOf(offset)
                .filter(stamp -> !stamp.equals(id.toString()))
                .ifPresent(
                    stamp ->
                        others.put(
                            partition.partition(),
                            "%s@%d of id %s".formatted(partition, offset.offset(), stamp)));
          }
        });
    if (!others.isEmpty()) {
      throw new InputLostException(
          replaced(pipeline, group, id, "committed: " + String.join(", ", others.values())), null);
    }
  }

  /**
   * What stops a pipeline that has no offset in the topic and has begun with another one.
   *
   * @param kept the id of the topic that it has begun with
   * @param startFrom where it would begin now
   */
  InputLostException begunWith(String pipeline, String group, String kept, StartFrom startFrom) {
    return new InputLostException(
        replaced(
            pipeline,
            group,
            id,
            "begun with: %s; nothing was committed of the new one, and start-from is %s"
                .formatted(kept, startFrom)),
        null);
  }

  /**
   * As a pipeline tells it that has read the topic until now.
   *
   * @param now the id of the topic that has the name now
   */
  String replacedBy(String pipeline, String group, Uuid now) {
    return replaced(
        pipeline,
        group,
        now,
        "expected: %s, with which it was begun; for some seconds records may have been taken of the new one, from where it was in the old one"
            .formatted(id));
  }

  private String replaced(String pipeline, String group, Uuid now, String before) {
    return "pipeline %s: the input topic %s was deleted and created again: its id is %s (%s). Going on would pass over what the new topic begins with. Decide where to go on, then set it, with all instances stopped, with kafka-consumer-groups.sh --reset-offsets --group %s --topic %s --to-earliest --execute, and start the pipeline again"
        .formatted(pipeline, topic, now, before, group, topic);
  }
}
