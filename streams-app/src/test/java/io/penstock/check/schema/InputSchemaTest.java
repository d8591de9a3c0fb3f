package io.penstock.check.schema;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.FakeModel;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.MappingException;
import io.penstock.model.ModelSignature;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.registry.RegistryException;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** The fake model's one input is {@code x: int64[-1]}. */
final class InputSchemaTest {

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final FakeModel version = new FakeModel(3);
  private final ModelSignature signature = version.signature("serving_default").orElseThrow();

  @Test
  void shouldLetAVersionReadWhatFits() {
    registerRecordWith("x");

    assertThatCode(() -> byName().requireReadableBy(version, signature)).doesNotThrowAnyException();
  }

  @Test
  void shouldNameEverythingThatMustBeKnownToMendWhatDoesNotFit() {
    registerRecordWith("number");

    assertThatThrownBy(() -> byName().requireReadableBy(version, signature))
        .isInstanceOf(MappingException.class)
        .hasMessageContainingAll(
            "Pipeline p: fake/3 cannot read",
            "newest schema of subject numbers-value",
            "x: int64[-1]",
            "has no field x",
            "number",
            "pipelines.p.input.fields");
  }

  @Test
  void shouldGoByTheFieldsThatAreConfigured() {
    registerRecordWith("number");
    InputSchema configured =
        new InputSchema(registry, "p", "numbers", new FieldMapping(Map.of("x", List.of("number"))));

    assertThatCode(() -> configured.requireReadableBy(version, signature))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldHoldNothingAgainstASubjectThatIsEmpty() {
    assertThatCode(() -> byName().requireReadableBy(version, signature)).doesNotThrowAnyException();
  }

  @Test
  void shouldSayThatTheRegistryDoesNotAnswer() {
    registry.setDown(true);

    assertThatThrownBy(() -> byName().requireReadableBy(version, signature))
        .isInstanceOf(RegistryException.class)
        .hasMessage("No registry answers");
  }

  private InputSchema byName() {
    return new InputSchema(registry, "p", "numbers", FieldMapping.byName());
  }

  private void registerRecordWith(String field) {
    registry.register(
        "numbers-value", SchemaBuilder.record("Number").fields().requiredLong(field).endRecord());
  }
}
