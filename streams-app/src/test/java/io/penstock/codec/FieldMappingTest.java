package io.penstock.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldMappingTest {

  private static final TensorSpec AMOUNT = new TensorSpec("amount", DType.FLOAT32, List.of(-1L));
  private static final TensorSpec V = new TensorSpec("v", DType.FLOAT32, List.of(-1L, 2L, 2L));
  private static final ModelSignature SIGNATURE =
      new ModelSignature("serving_default", List.of(V, AMOUNT), List.of());

  @Test
  void shouldBindByNameWhatIsNotConfigured() {
    List<InputBinding> bindings =
        new FieldMapping(Map.of("v", List.of("a", "b", "c.d", "e"))).bind(SIGNATURE);

    assertThat(bindings)
        .containsExactly(
            new InputBinding(0, AMOUNT, List.of("amount")),
            new InputBinding(1, V, List.of("a", "b", "c.d", "e")));
  }

  @Test
  void shouldRefuseAnInputThatTheSignatureLacks() {
    assertThatThrownBy(() -> new FieldMapping(Map.of("w", List.of("a"))).bind(SIGNATURE))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "fields.w is no input of signature serving_default (expected: one of [amount:"
                + " float32[-1], v: float32[-1,2,2]])");
  }

  @Test
  void shouldRefuseAnotherNumberOfFieldsThanOfElements() {
    assertThatThrownBy(() -> new FieldMapping(Map.of("v", List.of("a", "b"))).bind(SIGNATURE))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "fields.v lists 2 fields [a, b] for input v: float32[-1,2,2] (expected: as many fields"
                + " as a row has elements)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "a.", "a..b"})
  void shouldRefuseAPathWithAnEmptyName(String path) {
    assertThatThrownBy(() -> new FieldMapping(Map.of("v", List.of(path))))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("(expected: field names with single dots between)");
  }

  @Test
  void shouldRefuseAnInputWithoutFields() {
    assertThatThrownBy(() -> new FieldMapping(Map.of("v", List.of())))
        .hasMessage("fields.v names no field (expected: one path or a list of paths)");
  }

  @Test
  void shouldSayWhatFeedsEachInput() {
    FieldMapping mapping =
        new FieldMapping(
            Map.of("b", List.of("x", "y")), Set.of("b"), Map.of("a", "0"), Map.of("c", "0.5"));
    ModelSignature signature =
        new ModelSignature(
            "serving_default",
            List.of(
                new TensorSpec("a", DType.FLOAT32, List.of(-1L)),
                new TensorSpec("b", DType.FLOAT32, List.of(-1L, 2L)),
                new TensorSpec("c", DType.FLOAT32, List.of(-1L))),
            List.of());

    assertThat(mapping.describe(signature))
        .isEqualTo("a from a or 0, b from [x, y], narrowed, c = 0.5");
    assertThat(mapping.isByName()).isFalse();
    assertThat(FieldMapping.byName().isByName()).isTrue();
  }

  @Test
  void shouldRefuseValuesThatAreNoneAndInputsThatAreFedTwice() {
    ModelSignature signature =
        new ModelSignature(
            "serving_default", List.of(new TensorSpec("n", DType.INT8, List.of(-1L))), List.of());

    assertThatThrownBy(
            () ->
                new FieldMapping(Map.of(), Set.of(), Map.of("n", "300"), Map.of()).bind(signature))
        .isInstanceOf(MappingException.class)
        .hasMessage("defaults.n: '300' (expected: a value of input n: int8[-1], from -128 to 127)");
    assertThatThrownBy(
            () -> new FieldMapping(Map.of(), Set.of("m"), Map.of(), Map.of()).bind(signature))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("casts.m is no input of signature serving_default");
    assertThatThrownBy(
            () -> new FieldMapping(Map.of("n", List.of("n")), Set.of(), Map.of(), Map.of("n", "1")))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("constants.n: 1 (expected: neither fields");
  }

  @Test
  void shouldNameThePlaceInTheConfiguration() {
    FieldMapping mapping =
        new FieldMapping(
            Map.of("amuont", List.of("amount")), Set.of(), Map.of(), Map.of(), "fraud.yaml:14");

    assertThatThrownBy(() -> mapping.bind(SIGNATURE))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("fields.amuont is no input of signature serving_default")
        .hasMessageEndingWith(" (fraud.yaml:14)");
  }
}
