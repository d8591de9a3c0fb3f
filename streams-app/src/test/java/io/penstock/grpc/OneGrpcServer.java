package io.penstock.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.penstock.batching.Inference;
import io.penstock.config.GrpcConfig;
import io.penstock.config.HttpConfig;
import io.penstock.http.OneModel;
import io.penstock.http.serving.FakeModels;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/** A server for {@link OneModel}, and a channel to it. */
final class OneGrpcServer implements AutoCloseable {

  /** Bytes of an answer that are sent to who does not take them. */
  private static final int WINDOW = 1 << 16;

  static final HttpConfig.Address ANYWHERE = new HttpConfig.Address("127.0.0.1", 0);

  final OneModel model;
  final AtomicBoolean isReady = new AtomicBoolean(true);
  final GrpcServer server;
  final ManagedChannel channel;

  OneGrpcServer() {
    this(new OneModel(), GrpcConfig.plain(ANYWHERE), Duration.ofMinutes(1));
  }

  OneGrpcServer(OneModel model, GrpcConfig config, Duration timeout) {
    this(model, config, timeout, 1 << 20);
  }

  private OneGrpcServer(OneModel model, GrpcConfig config, Duration timeout, long maxInflow) {
    this(model, config, timeout, maxInflow, ForkJoinPool.commonPool());
  }

  private OneGrpcServer(
      OneModel model, GrpcConfig config, Duration timeout, long maxInflow, Executor writers) {
    this.model = model;
    this.server =
        GrpcServer.start(
            config,
            new GrpcServer.Answers(model::door, FakeModels::model, isReady::get, writers),
            new GrpcServer.Limits(OneModel.MAX_BODY, maxInflow, timeout));
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .flowControlWindow(WINDOW)
            .usePlaintext()
            .build();
  }

  /** One that takes in so many bytes of messages at a time. */
  static OneGrpcServer takingIn(long bytes) {
    return new OneGrpcServer(
        new OneModel(), GrpcConfig.plain(ANYWHERE), Duration.ofMinutes(1), bytes);
  }

  /** One whose answers are written by that. */
  static OneGrpcServer writtenBy(Executor writers) {
    return new OneGrpcServer(
        new OneModel(), GrpcConfig.plain(ANYWHERE), Duration.ofMinutes(1), 1 << 20, writers);
  }

  /** One whose batches come to that. */
  static OneGrpcServer runBy(Inference inference, Duration timeout) {
    return new OneGrpcServer(OneModel.runBy(inference), GrpcConfig.plain(ANYWHERE), timeout);
  }

  TextClient client() {
    return new TextClient(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    model.close();
  }
}
