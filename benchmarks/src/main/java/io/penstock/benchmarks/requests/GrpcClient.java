package io.penstock.benchmarks.requests;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.penstock.benchmarks.data.Workload;
import io.penstock.grpc.ReadyMessage;
import io.penstock.grpc.ServingSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@code PredictionService/Predict} over a few connections. What is sent was made beforehand; of
 * what comes, only its being there counts.
 */
public final class GrpcClient implements RequestClient {

  private static final int CONNECTIONS = 2;
  private static final int CLOSE_SECONDS = 5;

  private static final MethodDescriptor<byte[], byte[]> PREDICT =
      MethodDescriptor.newBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER)
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("tensorflow.serving.PredictionService/Predict")
          .build();

  private final List<byte[]> messages;

  private final List<ManagedChannel> channels;

  /** A client of the server on that port of this machine. */
  public GrpcClient(int port, Workload workload) {
    ServingSchema schema = ServingSchema.load();
    messages = workload.records().stream().map(row -> message(schema, workload, row)).toList();
    channels =
        Stream.generate(
                () ->
                    NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .directExecutor()
                        .build())
            .limit(CONNECTIONS)
            .toList();
  }

  /** A {@code PredictRequest} of one row, by protobuf's own writer. */
  private static byte[] message(ServingSchema schema, Workload workload, GenericRecord row) {
    StringBuilder text = new StringBuilder("model_spec {name: '" + workload.name() + "'}");
    workload
        .fields()
        .forEach(
            (input, field) -> {
              List<?> values = (List<?>) row.get(field);
              text.append(
                  " inputs {key: '%s' value {dtype: DT_FLOAT tensor_shape {dim {size: 1} dim {size: %d}} float_val: %s}}"
                      .formatted(input, values.size(), values));
            });
    DynamicMessage.Builder message = DynamicMessage.newBuilder(schema.message("PredictRequest"));
    try {
      TextFormat.merge(text, message);
    } catch (TextFormat.ParseException e) {
      throw new IllegalStateException("Not a PredictRequest: " + text, e);
    }
    return message.build().toByteArray();
  }

  @Override
  public void ask(long number, Consumer<@Nullable Throwable> ended) {
    ManagedChannel channel = channels.get((int) (number % channels.size()));
    ClientCall<byte[], byte[]> call = channel.newCall(PREDICT, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.accept(status.isOk() ? null : status.asException());
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(messages.get((int) (number % messages.size())));
    call.halfClose();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public InputStream stream(byte[] message) {
      return new ReadyMessage(message);
    }

    @Override
    public byte[] parse(InputStream message) {
      try {
        return message.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
