package io.penstock.http.openinference;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.Rooms;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an inference request announces is held against what there is room for. */
final class InferRequestTest {

  private static final ModelSignature OPEN =
      new ModelSignature(
          "serving_default",
          List.of(new TensorSpec("x", DType.FLOAT32, List.of(-1L, -1L))),
          List.of(new TensorSpec("y", DType.FLOAT32, List.of(-1L))));

  @Test
  void shouldRefuseMoreRowsThanThereIsEverRoomForThoughTheyAreOfNothing() {
    RequestRoom room = Rooms.of(8192, 1 << 26);
    InferRequest request = request("[2000000000, 0]", "", room);

    assertThatThrownBy(() -> request.decode(OPEN, room))
        .hasMessageStartingWith(
            "rows: 2000000000 (expected: at most 8192, by requests.max-queued-rows)");
  }

  @Test
  void shouldTakeWhatItsDataNeedsBeforeItIsMade() {
    // given: a megabyte of ones, which are two megabytes of floats
    String ones = "1,".repeat(500_000) + "1";
    RequestRoom room = Rooms.of(8192, 2_900_000);
    InferRequest request = request("[1, 500001]", ones, room);

    assertThatThrownBy(() -> request.decode(OPEN, room))
        .hasMessageContaining("(expected: at most 2900000, by requests.max-queued-bytes)");
  }

  @Test
  void shouldTakeWhatItsAnnouncementsNeed() {
    String inputs = "{\"name\": \"\", \"datatype\": \"\", \"shape\": [0]},".repeat(100);

    assertThatThrownBy(() -> InferRequest.of(body(inputs + "{}"), Rooms.of(8192, 10_000)))
        .hasMessageContaining("by requests.max-queued-bytes");
  }

  @Test
  void shouldRefuseAnOutputThatThereIsNotBeforeAnythingIsRun() {
    RequestRoom room = Rooms.of(1, 10_000);
    InferRequest request =
        InferRequest.of(
            body(
                "{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 1]}]"
                    + ", \"outputs\": [{\"name\": \"z\"}"),
            room);

    assertThatThrownBy(() -> request.decode(OPEN, room))
        .hasMessage("unknown output: z (expected: one of [y: float32[-1]])");
  }

  @Test
  void shouldRefuseMoreDimensionsThanATensorHas() {
    String shape = "[" + "1, ".repeat(254) + "1]";

    assertThatThrownBy(() -> request(shape, "1", Rooms.of(1, 1000)))
        .hasMessage("inputs.shape has more dimensions than a tensor (expected: at most 254)");
  }

  private static InferRequest request(String shape, String data, RequestRoom room) {
    return InferRequest.of(
        body(
            "{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": %s, \"data\": [%s]}"
                .formatted(shape, data)),
        room);
  }

  private static byte[] body(String inputs) {
    return ("{\"inputs\": [" + inputs + "]}").getBytes(StandardCharsets.UTF_8);
  }
}
