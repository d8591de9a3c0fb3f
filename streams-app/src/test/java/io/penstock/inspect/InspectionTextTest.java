package io.penstock.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class InspectionTextTest {

  @Test
  void shouldShowASignatureThatCannotBeServedWithItsReason() {
    // given
    Inspection.Signature train =
        new Inspection.Signature(
            "train",
            "input clicks is a COO_SPARSE tensor",
            List.of(new Inspection.Tensor("clicks", "complex64", List.of(-1L, 8L), "Sort:1")),
            List.of(new Inspection.Tensor("loss", "float32", null, "loss:0")));

    // when
    String text =
        InspectionText.of(
            new Inspection(
                "fraud",
                7,
                "/models/fraud/7",
                "it has no graph with tag serve",
                "2.18.0",
                2_500_000L,
                "23e718af40e76da2",
                List.of(List.of("train")),
                "synthetic batches",
                true,
                new TreeMap<>(Map.of("train", train))));

    // then
    assertThat(text.lines())
        .containsExactly(
            "fraud/7  /models/fraud/7",
            "  cannot be served: it has no graph with tag serve",
            "  written by   TensorFlow 2.18.0",
            "  size         2.5 MB in files",
            "  fingerprint  23e718af40e76da2",
            "  tags         [[train]]",
            "  warm-up      synthetic batches",
            "  golden       checks",
            "  signature    train  train",
            "               cannot be served: input clicks is a COO_SPARSE tensor",
            "    input      clicks: complex64[-1,8]  (Sort:1)",
            "    output     loss: float32 of unknown rank, taken for [-1]  (loss:0)");
  }
}
