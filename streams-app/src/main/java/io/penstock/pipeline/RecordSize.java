package io.penstock.pipeline;

import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How large a record may get on its way to the broker: never less than what the producer holds
 * against {@code max.request.size}, which is a batch of that one record, uncompressed (format v2:
 * {@code DefaultRecordBatch.RECORD_BATCH_OVERHEAD} and {@code DefaultRecord.MAX_RECORD_OVERHEAD}).
 */
final class RecordSize {

  private static final int BATCH_OVERHEAD = 61;
  private static final int RECORD_OVERHEAD = 21;
  private static final int VARINT = 5;

  private RecordSize() {}

  /** An upper bound in bytes for a record that has these headers and more. */
  static long upperBound(
      byte @Nullable [] key, int valueBytes, Headers headers, List<Header> more) {
    long size = BATCH_OVERHEAD + RECORD_OVERHEAD + 3L * VARINT + valueBytes + length(key);
    for (Header header : headers.toArray()) {
      size += upperBound(header);
    }
    for (Header header : more) {
      size += upperBound(header);
    }
    return size;
  }

  private static long upperBound(Header header) {
    return 2L * VARINT + 3L * header.key().length() + length(header.value());
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
