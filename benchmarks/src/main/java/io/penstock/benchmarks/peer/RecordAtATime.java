package io.penstock.benchmarks.peer;

import java.nio.file.Path;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What people write: a topology that reads a GenericRecord, runs the model on it, and writes
 * another. It is spared what Penstock gives: registry, headers, dead letters, versions.
 *
 * <p>Arguments: those of {@link StreamsPeer} and {@link GenericCodec}; {@code model}, the folder of
 * a SavedModel.
 */
public final class RecordAtATime {

  private RecordAtATime() {}

  public static void main(String[] args) throws InterruptedException {
    PeerArguments arguments = PeerArguments.parse(args);
    StreamsPeer.run(
        arguments,
        () ->
            new Predict(
                new GenericCodec(arguments),
                new SingleInputModel(Path.of(arguments.text("model")), 1)));
  }

  private static final class Predict extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private final GenericCodec codec;
    private final SingleInputModel model;

    Predict(GenericCodec codec, SingleInputModel model) {
      this.codec = codec;
      this.model = model;
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
      model.put(0, codec.read(input.value()));
      model.run(1);
      context().forward(input.withValue(codec.write(model.get(0))));
    }
  }
}
