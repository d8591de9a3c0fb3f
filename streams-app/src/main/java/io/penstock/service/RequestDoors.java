package io.penstock.service;

import io.penstock.config.GrpcConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.RequestsConfig;
import io.penstock.grpc.GrpcServer;
import io.penstock.http.AdminServer;
import io.penstock.http.RequestPaths;
import io.penstock.http.exchange.Exchange;
import io.penstock.inference.InferenceThreads;
import io.penstock.metrics.RequestMeters;
import io.penstock.metrics.ServiceMeters;
import io.penstock.model.BatchSizes;
import io.penstock.requests.DoorThreads;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestModel;
import io.penstock.requests.RequestSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The request doors of all models, and what answers at them. Thread-safe. */
final class RequestDoors implements AutoCloseable {

  private final PenstockConfig config;
  private final Predicate<String> isConfigured;
  private final Map<String, Open> doors = new ConcurrentHashMap<>();
  private final AtomicInteger threads = new AtomicInteger();
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          Math.max(2, Runtime.getRuntime().availableProcessors()),
          task -> DoorThreads.givingWay(new AnswerThread(task, threads.getAndIncrement())));

  /** A thread that puts the rows of answers side by side, and makes their messages. */
  private static final class AnswerThread extends Thread {

    AnswerThread(Runnable task, int number) {
      super(task, "penstock-answers-" + number);
    }
  }

  /** A door, and its meters. */
  private record Open(RequestDoor door, RequestMeters meters) {}

  /**
   * @param config how requests are answered
   * @param isConfigured whether there is or will be a model of that name
   */
  RequestDoors(PenstockConfig config, Predicate<String> isConfigured) {
    this.config = config;
    this.isConfigured = isConfigured;
  }

  /**
   * What answers over REST.
   *
   * @param answers what is known of models, and how the service is
   */
  RequestPaths rest(AdminServer.Answers answers) {
    RequestsConfig requests = config.requests();
    return RequestPaths.of(
        new Exchange(
            this::door,
            Math.toIntExact(requests.maxBody().bytes()),
            requests.timeout(),
            this::write),
        answers::model,
        answers::health);
  }

  /**
   * Starts what answers over gRPC.
   *
   * @param answers what is known of models, and how the service is
   */
  GrpcServer grpc(GrpcConfig grpc, AdminServer.Answers answers) {
    RequestsConfig requests = config.requests();
    return GrpcServer.start(
        grpc,
        new GrpcServer.Answers(
            this::door, answers::model, () -> answers.health().ready(), this::write),
        new GrpcServer.Limits(
            Math.toIntExact(requests.maxBody().bytes()),
            requests.maxQueued().bytes(),
            requests.timeout()));
  }

  /** Makes a message of an answer: at once where its rows have just been put side by side. */
  private void write(Runnable task) {
    if (Thread.currentThread() instanceof AnswerThread) {
      task.run();
    } else {
      workers.execute(task);
    }
  }

  private Optional<RequestDoor> door(String model) {
    Open open = doors.get(model);
    if (open == null && isConfigured.test(model)) {
      throw RefusedRequestException.unavailable(
          "model %s takes no requests now, since the service starts, stops or changes it: send the request again later"
              .formatted(model));
    }
    return Optional.ofNullable(open).map(Open::door);
  }

  /** Opens the door to a model. */
  void open(RequestModel model, InferenceThreads inference, ServiceMeters meters) {
    RequestsConfig requests = config.requests();
    RequestsConfig.Batching batch = requests.batch();
    RequestSettings settings =
        new RequestSettings(
            new BatchSizes(batch.rows(), batch.allowedSizes()),
            Math.toIntExact(batch.bytes().bytes()),
            batch.linger(),
            requests.share(),
            config.inference().threads(),
            requests.maxQueuedRows(),
            requests.maxQueued().bytes(),
            requests.timeout(),
            config.inference().runTimeout());
    RequestMeters measured = new RequestMeters(meters, model.name());
    RequestDoor door = new RequestDoor(model, settings, inference, workers, measured);
    measured.add(door, inference.statistics(door.queueName()), batch.rows());
    doors.put(model.name(), new Open(door, measured));
  }

  /** Closes the door to a model: answers what was taken, as far as there is time for it. */
  void shut(String model, Duration timeout) throws InterruptedException {
    Open open = doors.remove(model);
    if (open != null) {
      try {
        open.door().close(timeout);
      } finally {
        open.meters().remove(open.door());
      }
    }
  }

  @Override
  public void close() {
    doors.values().forEach(open -> open.door().close());
    workers.shutdown();
  }
}
