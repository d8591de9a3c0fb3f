package io.penstock.benchmarks.peer.rpc;

import io.penstock.benchmarks.peer.GenericCodec;
import io.penstock.benchmarks.peer.PeerArguments;
import io.penstock.benchmarks.peer.StreamsPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What people deploy: a topology that asks a model server, once per record or once per so many.
 * Batches are naive: a commit does not wait for them, so a crash loses what is gathered.
 *
 * <p>Arguments: those of {@link StreamsPeer} and {@link GenericCodec}; {@code port}, the server's;
 * {@code batch}, the most records of a request.
 */
public final class RpcPeer {

  private static final Duration LINGER = Duration.ofMillis(5);

  private RpcPeer() {}

  public static void main(String[] args) throws InterruptedException {
    PeerArguments arguments = PeerArguments.parse(args);
    StreamsPeer.run(
        arguments,
        () ->
            new Ask(
                new GenericCodec(arguments),
                new PredictClient(arguments.number("port")),
                arguments.number("batch")));
  }

  private static final class Ask extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private final List<Record<byte[], byte[]>> gathered = new ArrayList<>();
    private final List<float[]> instances = new ArrayList<>();
    private final GenericCodec codec;
    private final PredictClient client;
    private final int batch;

    Ask(GenericCodec codec, PredictClient client, int batch) {
      this.codec = codec;
      this.client = client;
      this.batch = batch;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
      super.init(context);
      if (batch > 1) {
        var unused =
            context.schedule(LINGER, PunctuationType.WALL_CLOCK_TIME, timestamp -> flush());
      }
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
      gathered.add(input);
      instances.add(codec.read(input.value()));
      if (gathered.size() >= batch) {
        flush();
      }
    }

    private void flush() {
      if (gathered.isEmpty()) {
        return;
      }
      List<float[]> predictions = client.predict(instances);
      for (int i = 0; i < gathered.size(); i++) {
        context().forward(gathered.get(i).withValue(codec.write(predictions.get(i))));
      }
      gathered.clear();
      instances.clear();
    }
  }
}
