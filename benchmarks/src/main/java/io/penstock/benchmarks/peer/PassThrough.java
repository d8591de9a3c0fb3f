package io.penstock.benchmarks.peer;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The bound of what Kafka Streams can reach: every record is read, and an outcome of a prediction's
 * size is written, but nothing is computed.
 *
 * <p>Arguments: those of {@link StreamsPeer}; {@code outcome-bytes}, the size of an outcome's
 * value, 0 for the input's own value.
 */
public final class PassThrough {

  private PassThrough() {}

  public static void main(String[] args) throws InterruptedException {
    PeerArguments arguments = PeerArguments.parse(args);
    byte[] outcome = new byte[arguments.number("outcome-bytes")];
    StreamsPeer.run(arguments, () -> new Pass(outcome));
  }

  private static final class Pass extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private final byte[] outcome;

    Pass(byte[] outcome) {
      this.outcome = outcome;
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
      context().forward(outcome.length == 0 ? input : input.withValue(outcome));
    }
  }
}
