package io.penstock.codec.avro;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.registry.RegistryException;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

final class AvroInputFormatTest {

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final ModelSignature signature =
      new ModelSignature(
          "serving_default", List.of(new TensorSpec("x", DType.INT64, List.of(-1L))), List.of());

  @Test
  void shouldTakeANewestSchemaThatFits() {
    registerRecordWith("x");

    assertThatCode(() -> format(Map.of()).requireReadable(signature)).doesNotThrowAnyException();
  }

  @Test
  void shouldNameEverythingThatMustBeKnownToMendWhatDoesNotFit() {
    registerRecordWith("number");

    assertThatThrownBy(() -> format(Map.of()).requireReadable(signature))
        .isInstanceOf(MappingException.class)
        .hasMessageContainingAll(
            "newest schema of subject numbers-value",
            "x: int64[-1]",
            "has no field x",
            "number",
            "input.fields");
  }

  @Test
  void shouldGoByTheFieldsThatAreConfigured() {
    registerRecordWith("number");

    assertThatCode(() -> format(Map.of("x", List.of("number"))).requireReadable(signature))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldHoldNothingAgainstASubjectThatIsEmpty() {
    assertThatCode(() -> format(Map.of()).requireReadable(signature)).doesNotThrowAnyException();
  }

  @Test
  void shouldSayThatTheRegistryDoesNotAnswer() {
    registry.setDown(true);

    assertThatThrownBy(() -> format(Map.of()).requireReadable(signature))
        .isInstanceOf(RegistryException.class)
        .hasMessage("No registry answers");
  }

  private AvroInputFormat format(Map<String, List<String>> fields) {
    return new AvroInputFormat(
        new InputSettings("numbers", new FieldMapping(fields), Map.of(), registry));
  }

  private void registerRecordWith(String field) {
    registry.register(
        "numbers-value", SchemaBuilder.record("Number").fields().requiredLong(field).endRecord());
  }
}
