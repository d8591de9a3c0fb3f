package io.penstock.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class WriterSchemasTest {

  private static final Schema SCORE =
      SchemaBuilder.record("Score").fields().requiredFloat("score").endRecord();
  private static final Schema MORE =
      SchemaBuilder.record("Score")
          .fields()
          .requiredFloat("score")
          .requiredString("label")
          .endRecord();
  private static final Schema WIDER =
      SchemaBuilder.record("Score").fields().requiredDouble("score").endRecord();

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

  @Test
  void shouldTakeASchemaThatIsTheNewestOrTheFirst() {
    assertThatCode(() -> require(SCORE)).doesNotThrowAnyException();
    registry.register("scores-value", SCORE);
    assertThatCode(() -> require(SCORE)).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseWhatCannotBeReadBack() {
    registry.register("scores-value", SCORE);

    // Old readers do read a further field, and new ones of a double do read floats.
    for (Schema oneWayOnly : new Schema[] {MORE, WIDER}) {
      assertThatThrownBy(() -> require(oneWayOnly))
          .isInstanceOfSatisfying(
              RegistryException.class,
              e -> assertThat(e.kind()).isEqualTo(RegistryException.Kind.REFUSED))
          .hasMessageContaining(
              "Schema Score is not compatible both ways with version 1 of subject scores-value")
          .hasMessageContaining("to a topic of its own");
    }
    assertThatThrownBy(() -> require(MORE)).hasMessageContaining("label");
  }

  /** Avro takes both for a long: a registry would let it pass. */
  @Test
  void shouldRefuseATimeOfAnotherUnit() {
    registry.register("scores-value", at(LogicalTypes.timestampMillis()));

    assertThatCode(() -> require(at(LogicalTypes.timestampMillis()))).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(at(LogicalTypes.timestampMicros())))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(".at is a timestamp-micros (registered: a timestamp-millis)");
  }

  private static Schema at(LogicalType type) {
    Schema time = type.addToSchema(Schema.create(Schema.Type.LONG));
    return SchemaBuilder.record("Score").fields().name("at").type(time).noDefault().endRecord();
  }

  @Test
  void shouldGoByTheNewestVersionAlone() {
    registry.register("scores-value", SCORE);
    registry.register("scores-value", WIDER);

    assertThatCode(() -> require(WIDER)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(SCORE)).hasMessageContaining("version 2");
  }

  @Test
  void shouldSayThatTheRegistryDoesNotAnswer() {
    registry.setDown(true);

    assertThatThrownBy(() -> require(SCORE)).hasMessage("No registry answers");
  }

  private void require(Schema schema) {
    WriterSchemas.requireCompatible(registry, "scores-value", schema);
  }
}
