package io.penstock.model.tensorflow.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.Int64List;

final class LoggedRequestsTest {

  @TempDir private Path folder;

  @Test
  void shouldMergeTheContextIntoEveryExample() throws IOException {
    // when
    List<LoggedRequest> requests =
        parse(
            new WarmUpRecords().regressWithContext("rank", example("query", 7), example("hit", 1)));

    // then
    Example merged =
        Example.parseFrom(((LoggedRequest.Examples) requests.get(0)).examples().get(0));
    assertThat(merged.getFeatures().getFeatureMap()).containsOnlyKeys("query", "hit");
  }

  @Test
  void shouldTakeAMultiInferenceRequestForOneOfEachSignature() throws IOException {
    // when
    List<LoggedRequest> requests =
        parse(new WarmUpRecords().multiInference(List.of("classify", ""), example("x", 1)));

    // then
    assertThat(requests)
        .extracting(LoggedRequest::signature)
        .containsExactly("classify", "serving_default");
    assertThat(requests)
        .allSatisfy(
            request -> assertThat(((LoggedRequest.Examples) request).examples()).hasSize(1));
  }

  private List<LoggedRequest> parse(WarmUpRecords records) throws IOException {
    Path file = Files.write(folder.resolve("records"), records.toBytes());
    try (RecordFile reader = RecordFile.open(file)) {
      return LoggedRequests.parse(reader.next().orElseThrow());
    }
  }

  private static Example example(String feature, long value) {
    return Example.newBuilder()
        .setFeatures(
            Features.newBuilder()
                .putFeature(
                    feature,
                    Feature.newBuilder()
                        .setInt64List(Int64List.newBuilder().addValue(value))
                        .build()))
        .build();
  }
}
