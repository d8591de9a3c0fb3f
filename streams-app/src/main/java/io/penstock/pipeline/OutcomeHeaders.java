package io.penstock.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.precommit.RecordScope;
import io.penstock.registry.WireFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * What Penstock's headers on an outcome say: what served it, and which input it is of. There are
 * two, since each costs Kafka's producer about 0.1 µs and 50 bytes of garbage a record, whatever is
 * in it. Values are UTF-8.
 *
 * <p>Not thread-safe: one per task. What does not change from record to record is built once.
 */
final class OutcomeHeaders {

  /** What all of Penstock's headers start with. */
  static final String PREFIX = "penstock-";

  /**
   * {@code pipeline=…;model=…;version=…;fingerprint=…}: none of the values holds a semicolon. The
   * last two are not there on a dead letter that no version was chosen for.
   */
  static final String SERVED_BY = PREFIX + "served-by";

  /** {@code topic-partition@offset}. */
  static final String INPUT = PREFIX + "input";

  /** On dead letters: a {@code DeadLetterReason}. */
  static final String REASON = PREFIX + "reason";

  private final String pipeline;
  private final byte[] inputPartition;
  private VersionBinding builtFor;
  private Header servedBy;

  OutcomeHeaders(String pipeline, VersionBinding binding, RecordScope scope) {
    this.pipeline = pipeline;
    this.builtFor = binding;
    this.servedBy = servedBy(pipeline, binding);
    this.inputPartition = (scope.topic() + "-" + scope.partition() + "@").getBytes(UTF_8);
  }

  /**
   * The headers of an input that its outcome keeps: all but those of another Penstock pipeline, and
   * the one that says what schema the input's value has, which the outcome's has not.
   */
  static Headers kept(Headers input) {
    Header[] all = input.toArray();
    for (Header header : all) {
      if (isOfInputAlone(header)) {
        return new RecordHeaders(Arrays.stream(all).filter(h -> !isOfInputAlone(h)).toList());
      }
    }
    return input;
  }

  private static boolean isOfInputAlone(Header header) {
    return header.key().startsWith(PREFIX)
        || header.key().equals(WireFormat.VALUE_SCHEMA_ID_HEADER);
  }

  /** What Penstock adds to a prediction. */
  List<Header> of(PendingOutcome outcome) {
    if (builtFor != outcome.binding()) {
      builtFor = outcome.binding();
      servedBy = servedBy(pipeline, builtFor);
    }
    return List.of(servedBy, input(outcome));
  }

  /** What Penstock adds to a dead letter. */
  List<Header> of(PendingOutcome outcome, RowFailure failure) {
    List<Header> headers =
        outcome.isRefusedStraggler()
            ? new ArrayList<>(List.of(servedByNone(outcome.binding()), input(outcome)))
            : new ArrayList<>(of(outcome));
    headers.add(header(REASON, failure.reason().name()));
    return headers;
  }

  /** Of an outcome that no version was chosen for. */
  private Header servedByNone(VersionBinding binding) {
    return header(SERVED_BY, "pipeline=%s;model=%s".formatted(pipeline, binding.id().model()));
  }

  private static Header servedBy(String pipeline, VersionBinding binding) {
    return header(
        SERVED_BY,
        "pipeline=%s;model=%s;version=%d;fingerprint=%s"
            .formatted(
                pipeline, binding.id().model(), binding.id().version(), binding.fingerprint()));
  }

  /** The one header that is built for every record. */
  private Header input(PendingOutcome outcome) {
    return new RecordHeader(INPUT, withDecimal(inputPartition, outcome.scope().offset()));
  }

  /** Bytes and, behind them, a number, 0 or more, in decimal. */
  static byte[] withDecimal(byte[] prefix, long number) {
    int length = prefix.length + 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      length++;
    }
    byte[] bytes = new byte[length];
    System.arraycopy(prefix, 0, bytes, 0, prefix.length);
    long rest = number;
    for (int i = length - 1; i >= prefix.length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return bytes;
  }

  private static Header header(String key, String value) {
    return new RecordHeader(key, value.getBytes(UTF_8));
  }
}
