package io.penstock.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DynamicMessage;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.penstock.localstack.host.LoopbackPorts;
import io.penstock.testkit.Await;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service of a process of its own, with a model and no pipeline, by real TensorFlow. */
final class GrpcServiceIT {

  private static final String SERVICE = "asked";

  @TempDir private Path folder;

  @Test
  void shouldPredictWhatTensorFlowDoes() {
    JsonNode golden = Workbench.golden("reviews", 1);
    String request =
        "model_spec {name: 'reviews'} output_filter: 'sentiment' inputs {key: 'tokens' value"
            + " {dtype: DT_INT64 tensor_shape {dim {size: 3} dim {size: 5}} int64_val: %s}}"
                .formatted(golden.at("/inputs/tokens/values"));
    int port = LoopbackPorts.free();
    try (Workbench bench = new Workbench(folder)) {
      bench.createControlTopics(SERVICE);
      Path config =
          bench.writeConfig(
              "asked.yaml",
              SERVICE,
              """
              models:
                reviews: {path: "%s", settle: 300ms, poll-interval: 100ms}
              requests:
                grpc: {listen: "127.0.0.1:%d"}
              """
                  .formatted(bench.installVersion("reviews", 1), port));
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, SERVICE, Map.of())) {
        service.awaitReady();
        TextClient client = new TextClient(channel);
        Await.until(service::log, 30, () -> isAnswered(client, request));

        DynamicMessage answer = client.call("PredictionService", "Predict", request);

        assertThat(scores(answer)).hasSize(golden.at("/outputs/sentiment/values").size());
        for (int i = 0; i < scores(answer).size(); i++) {
          assertThat((Float) scores(answer).get(i))
              .isCloseTo(golden.at("/outputs/sentiment/values").get(i).floatValue(), within(1e-5f));
        }
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** Of its only output. */
  private static List<?> scores(DynamicMessage answer) {
    DynamicMessage entry = (DynamicMessage) ((List<?>) field(answer, "outputs")).get(0);
    return (List<?>) field((DynamicMessage) field(entry, "value"), "float_val");
  }

  private static Object field(DynamicMessage message, String name) {
    return message.getField(message.getDescriptorForType().findFieldByName(name));
  }

  private static boolean isAnswered(TextClient client, String request) {
    try {
      client.call("PredictionService", "Predict", request);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
