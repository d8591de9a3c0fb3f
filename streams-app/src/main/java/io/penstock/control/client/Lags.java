package io.penstock.control.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many records wait for each pipeline, by what its group has committed. Not thread-safe. */
public final class Lags {

  private static final Logger LOG = LoggerFactory.getLogger(Lags.class);

  private final String service;
  private final Admin admin;
  private final Duration timeout;

  Lags(String service, Admin admin, Duration timeout) {
    this.service = service;
    this.admin = admin;
    this.timeout = timeout;
  }

  /**
   * Records on the topic that the pipeline has not committed; empty where that cannot be told, such
   * as without the right to look at its group.
   */
  public OptionalLong of(String pipeline, String topic) {
    String group = service + "-" + pipeline;
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          new HashMap<>(
              admin
                  .listConsumerGroupOffsets(group)
                  .partitionsToOffsetAndMetadata()
                  .get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      committed.keySet().removeIf(partition -> !partition.topic().equals(topic));
      committed.values().removeIf(offset -> offset == null);
      if (committed.isEmpty()) {
        return OptionalLong.empty();
      }
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      committed.keySet().forEach(partition -> ends.put(partition, OffsetSpec.latest()));
      long lag = 0;
      for (var end :
          admin.listOffsets(ends).all().get(timeout.toMillis(), TimeUnit.MILLISECONDS).entrySet()) {
        OffsetAndMetadata position = committed.get(end.getKey());
        lag += position == null ? 0 : Math.max(0, end.getValue().offset() - position.offset());
      }
      return OptionalLong.of(lag);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("{}: its lag cannot be told", group, e);
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }
}
