package io.penstock.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DynamicMessage;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.penstock.grpc.TextClient;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends a record and a request of the same digit together, again and again: the request over gRPC
 * and REST by turns. The record's key is {@code pair-N}.
 */
final class PairedSender implements AutoCloseable {

  /** So many different digits. */
  static final int DIGITS = 17;

  private static final long PAUSE_NANOS = 2_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Workbench bench;
  private final ServiceUnderTest service;
  private final String topic;
  private final ManagedChannel channel;
  private final TextClient grpc;
  private final List<byte[]> records;
  private final List<Sighting> answers = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::run, "paired-sender");
  private volatile boolean stopped;

  PairedSender(Workbench bench, ServiceUnderTest service, int grpcPort, String topic) {
    this.bench = bench;
    this.service = service;
    this.topic = topic;
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", grpcPort).usePlaintext().build();
    this.grpc = new TextClient(channel);
    this.records =
        IntStream.range(0, DIGITS).mapToObj(digit -> Digits.framed(bench, topic, digit)).toList();
    thread.start();
  }

  private void run() {
    try {
      for (int pair = 0; !stopped; pair++) {
        int digit = pair % DIGITS;
        var unused =
            bench
                .producer()
                .send(
                    new ProducerRecord<>(
                        topic, ("pair-" + pair).getBytes(UTF_8), records.get(digit)));
        bench.producer().flush();
        answers.add(pair % 2 == 0 ? overGrpc(digit) : overRest(digit));
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      failures.add(e);
    }
  }

  private Sighting overRest(int digit) throws IOException {
    HttpResponse<String> answer =
        service.post(
            "/v1/models/digits:predict",
            "{\"instances\": [{\"pixels\": %s}]}".formatted(pixels(digit)));
    long at = System.currentTimeMillis();
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
    String servedBy = answer.headers().firstValue("penstock-served-by").orElseThrow();
    JsonNode prediction = JSON.readTree(answer.body()).at("/predictions/0/probabilities");
    return new Sighting("REST", digit, version(servedBy), at, probabilities(prediction));
  }

  private Sighting overGrpc(int digit) {
    DynamicMessage answer =
        grpc.call(
            "PredictionService",
            "Predict",
            "model_spec {name: 'digits'} output_filter: 'probabilities' inputs {key: 'pixels' value {dtype: DT_FLOAT tensor_shape {dim {size: 1} dim {size: 64}} float_val: %s}}"
                .formatted(pixels(digit)));
    long at = System.currentTimeMillis();
    DynamicMessage spec = (DynamicMessage) field(answer, "model_spec");
    DynamicMessage output = (DynamicMessage) ((List<?>) field(answer, "outputs")).get(0);
    List<Float> values = new ArrayList<>();
    ((List<?>) field((DynamicMessage) field(output, "value"), "float_val"))
        .forEach(value -> values.add((Float) value));
    return new Sighting(
        "gRPC", digit, (Long) field((DynamicMessage) field(spec, "version"), "value"), at, values);
  }

  /** The version in the value of the header {@code penstock-served-by}. */
  static long version(String servedBy) {
    return Long.parseLong(servedBy.replaceFirst(".*version=(\\d+).*", "$1"));
  }

  static List<Float> probabilities(JsonNode values) {
    List<Float> probabilities = new ArrayList<>();
    values.forEach(value -> probabilities.add(value.floatValue()));
    return probabilities;
  }

  private static Object pixels(int digit) {
    return Digits.digit(digit).get("pixels");
  }

  private static Object field(DynamicMessage message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }

  /** What the requests were answered, in the order in which they were sent. */
  List<Sighting> answers() {
    if (!failures.isEmpty()) {
      throw new AssertionError("a request failed", failures.get(0));
    }
    return answers;
  }

  /** Ends; every request that was sent is answered then. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channel.shutdownNow();
  }
}
