package io.penstock.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.batching.VersionBinding;
import io.penstock.precommit.RecordScope;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers of outcomes: the input's own, and what Penstock adds about where the outcome comes
 * from. Values are UTF-8 strings, numbers in decimal. Headers that another Penstock pipeline left
 * on the input are replaced.
 *
 * <p>Not thread-safe: one per task. What does not change from record to record is built once.
 */
final class OutcomeHeaders {

  /** What all of Penstock's headers start with. */
  static final String PREFIX = "penstock-";

  static final String PIPELINE = PREFIX + "pipeline";
  static final String MODEL = PREFIX + "model";
  static final String VERSION = PREFIX + "version";
  static final String FINGERPRINT = PREFIX + "fingerprint";
  static final String INPUT_TOPIC = PREFIX + "input-topic";
  static final String INPUT_PARTITION = PREFIX + "input-partition";
  static final String INPUT_OFFSET = PREFIX + "input-offset";

  /** On dead letters: a {@code DeadLetterReason}. */
  static final String REASON = PREFIX + "reason";

  private final String pipeline;
  private VersionBinding builtFor;
  private List<Header> constant = List.of();

  OutcomeHeaders(String pipeline, VersionBinding binding, RecordScope scope) {
    this.pipeline = pipeline;
    this.builtFor = binding;
    rebuild(scope);
  }

  /** The headers of a prediction. */
  Headers of(PendingOutcome outcome) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : outcome.input().headers()) {
      if (!header.key().startsWith(PREFIX)) {
        headers.add(header);
      }
    }
    addOwn(headers, outcome);
    return headers;
  }

  /** Penstock's own headers alone. */
  Headers ownOf(PendingOutcome outcome) {
    RecordHeaders headers = new RecordHeaders();
    addOwn(headers, outcome);
    return headers;
  }

  private void addOwn(RecordHeaders headers, PendingOutcome outcome) {
    if (builtFor != outcome.binding()) {
      builtFor = outcome.binding();
      rebuild(outcome.scope());
    }
    for (Header header : constant) {
      headers.add(header);
    }
    headers.add(new RecordHeader(INPUT_OFFSET, decimal(outcome.scope().offset())));
  }

  private void rebuild(RecordScope scope) {
    constant =
        List.of(
            header(PIPELINE, pipeline),
            header(MODEL, builtFor.id().model()),
            header(VERSION, Long.toString(builtFor.id().version())),
            header(FINGERPRINT, builtFor.fingerprint()),
            header(INPUT_TOPIC, scope.topic()),
            header(INPUT_PARTITION, Integer.toString(scope.partition())));
  }

  /** A number, 0 or more, in decimal: the one header that is built for every record. */
  static byte[] decimal(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    byte[] decimal = new byte[digits];
    long rest = number;
    for (int i = digits - 1; i >= 0; i--) {
      decimal[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return decimal;
  }

  static Header header(String key, String value) {
    return new RecordHeader(key, value.getBytes(UTF_8));
  }
}
