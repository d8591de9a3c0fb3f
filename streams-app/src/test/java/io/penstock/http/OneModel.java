package io.penstock.http;

import io.penstock.batching.Inference;
import io.penstock.config.HttpConfig;
import io.penstock.http.exchange.Exchange;
import io.penstock.http.serving.FakeModels;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.BatchSizes;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A door to {@link HalfPlusTwo}, with inference threads behind it, as a rule. */
public final class OneModel implements AutoCloseable {

  /** Bytes of a body at most. */
  public static final int MAX_BODY = 1 << 16;

  /** Rows that are not answered at most. */
  public static final int MAX_ROWS = 1000;

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final @Nullable InferenceThreads threads;
  private final RequestDoor door;

  public OneModel() {
    this(InferenceThreads.start(new InferenceSettings(2, 1), reason -> {}));
  }

  private OneModel(InferenceThreads threads) {
    this(threads, threads);
  }

  private OneModel(@Nullable InferenceThreads threads, Inference inference) {
    this.threads = threads;
    this.door =
        new RequestDoor(
            new HalfPlusTwo(),
            new RequestSettings(
                BatchSizes.upTo(8),
                1 << 20,
                Duration.ofMillis(1),
                1,
                2,
                MAX_ROWS,
                1 << 20,
                TIMEOUT,
                TIMEOUT),
            inference,
            ForkJoinPool.commonPool(),
            (refusal, nanos) -> {});
  }

  /** The same, whose batches come to that instead. */
  public static OneModel runBy(Inference inference) {
    return new OneModel(null, inference);
  }

  /** The door to the model of that name. */
  public Optional<RequestDoor> door(String name) {
    return Optional.of(door).filter(it -> name.equals("half_plus_two"));
  }

  /** What answers for it, in a service that is as that one is. */
  public RequestPaths paths(Supplier<HealthReport> health) {
    return RequestPaths.of(
        new Exchange(this::door, MAX_BODY, TIMEOUT, ForkJoinPool.commonPool()),
        FakeModels::model,
        health);
  }

  /** A server for it on a port of its own. */
  public RequestServer serve(HttpConfig config) {
    return RequestServer.start(config, paths(OneModel::healthy), FakeModels::model);
  }

  /** The same for everybody on this machine. */
  public RequestServer serve() {
    return serve(HttpConfig.plain(new HttpConfig.Address("127.0.0.1", 0)));
  }

  private static HealthReport healthy() {
    return new HealthReport(
        new TreeMap<>(), new TreeMap<>(), new HealthReport.ControlPlane(true, "FOLLOWING", ""));
  }

  @Override
  public void close() {
    door.close();
    if (threads != null) {
      threads.close();
    }
  }
}
