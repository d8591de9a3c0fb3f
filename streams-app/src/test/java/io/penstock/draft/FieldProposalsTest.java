package io.penstock.draft;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.model.DType;
import io.penstock.model.TensorSpec;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

final class FieldProposalsTest {

  private final FieldProposals proposals =
      new FieldProposals(
          new Schema.Parser()
              .parse(
                  """
                  {"type": "record", "name": "Payment", "fields": [
                    {"name": "id", "type": "string"},
                    {"name": "amount", "type": ["null", "double"]},
                    {"name": "card", "type": {"type": "record", "name": "Card", "fields": [
                      {"name": "country_code", "type": "string"},
                      {"name": "embedding", "type": {"type": "array", "items": "float"}}]}}
                  ]}"""));

  @Test
  void shouldFindFieldsByTheirNameAtAnyDepth() {
    assertThat(
            paths(
                new TensorSpec("amount", DType.FLOAT32, List.of(-1L)),
                new TensorSpec("countryCode", DType.STRING, List.of(-1L))))
        .containsExactly("amount", "card.country_code");
  }

  @Test
  void shouldTakeTheOnlyFieldLeftThatFits() {
    List<FieldProposal> found =
        proposals.of(
            List.of(
                new TensorSpec("amount", DType.FLOAT32, List.of(-1L)),
                new TensorSpec("vector", DType.FLOAT32, List.of(-1L, 64L))));

    assertThat(found.get(1).path()).isEqualTo("card.embedding");
    assertThat(found.get(1).remark()).isEqualTo("the only field left that fits");
  }

  @Test
  void shouldSayWhichNumbersAreRounded() {
    List<FieldProposal> found =
        proposals.of(
            List.of(
                new TensorSpec("amount", DType.FLOAT32, List.of(-1L)),
                new TensorSpec("embedding", DType.FLOAT32, List.of(-1L, 64L))));

    assertThat(found).extracting(FieldProposal::narrowed).containsExactly(true, false);
    assertThat(
            proposals
                .of(List.of(new TensorSpec("amount", DType.FLOAT64, List.of(-1L))))
                .get(0)
                .narrowed())
        .isFalse();
  }

  @Test
  void shouldSayBetweenWhichFieldsItCannotChoose() {
    FieldProposal found =
        proposals.of(List.of(new TensorSpec("text", DType.STRING, List.of(-1L)))).get(0);

    assertThat(found.path()).isEqualTo("text");
    assertThat(found.remark()).contains("one of [id, card.country_code]");
  }

  @Test
  void shouldSayThatNoFieldFits() {
    FieldProposal found =
        proposals.of(List.of(new TensorSpec("words", DType.STRING, List.of(-1L, -1L)))).get(0);

    assertThat(found.remark()).startsWith("no field fits");
  }

  private List<String> paths(TensorSpec... inputs) {
    return proposals.of(List.of(inputs)).stream().map(FieldProposal::path).toList();
  }
}
