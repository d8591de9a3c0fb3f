package io.penstock.http.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import io.penstock.requests.Rooms;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a request for examples takes before anything is made of it. */
final class ExamplesRequestTest {

  private static final ModelSignature OF_EXAMPLES =
      new ModelSignature(
          "regress",
          List.of(new TensorSpec("inputs", DType.STRING, List.of(-1L))),
          List.of(new TensorSpec("outputs", DType.FLOAT32, List.of(-1L, 1L))));

  @Test
  void shouldTakeTheContextOfEachExampleBeforeAnyIsMade() {
    // given: a megabyte of body that stands for a hundred gigabytes
    RequestRoom room = Rooms.of(1_000_000, 1 << 26);
    ExamplesRequest request = request("c".repeat(500_000), 200_000, room);
    // when, then
    assertThatThrownBy(() -> request.decode(OF_EXAMPLES, room))
        .isInstanceOfSatisfying(
            RefusedRequestException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(Code.RESOURCE_EXHAUSTED))
        .hasMessageStartingWith("bytes: 1000")
        .hasMessageContaining("by requests.max-queued-bytes");
  }

  @Test
  void shouldRefuseMoreExamplesThanThereIsEverRoomFor() {
    assertThatThrownBy(() -> request("c", 11, Rooms.of(10, 1 << 26)))
        .hasMessageStartingWith("rows: 11 (expected: at most 10, by requests.max-queued-rows)");
  }

  @Test
  void shouldMakeExamplesOfTheContextAndTheirOwn() {
    // given: contexts whose lengths take one byte, two and three
    for (int length : new int[] {1, 200, 20_000}) {
      String context = "c".repeat(length);
      try (RequestRoom room = Rooms.of(10, 1 << 20)) {
        // when
        RequestRows rows = request(context, 2, room).decode(OF_EXAMPLES, room);
        // then
        StringColumn examples = (StringColumn) rows.rows().column(0);
        assertThat(rows.count()).isEqualTo(2);
        assertThat(new String(examples.get(1, 0), StandardCharsets.US_ASCII)).endsWith(context);
        assertThat(examples.get(1, 0)).isEqualTo(examples.get(0, 0));
      }
    }
  }

  private static ExamplesRequest request(String context, int examples, RequestRoom room) {
    String body =
        "{\"context\": {\"a\": \"%s\"}, \"examples\": [%s{}]}"
            .formatted(context, "{},".repeat(examples - 1));
    return ExamplesRequest.of(body.getBytes(StandardCharsets.UTF_8), room, JsonAnswer::regressions);
  }
}
