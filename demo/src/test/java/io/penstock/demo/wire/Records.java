package io.penstock.demo.wire;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records for tests, as a consumer would have them. */
final class Records {

  private Records() {}

  static ConsumerRecord<byte[], byte[]> record(
      byte @Nullable [] value, Map<String, String> headers) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("predictions", 3, 14, new byte[0], value);
    headers.forEach(
        (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
    return record;
  }
}
