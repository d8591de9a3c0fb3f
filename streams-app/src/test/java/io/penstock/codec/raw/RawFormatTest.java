package io.penstock.codec.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.codec.AnyVersion;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputChoice;
import io.penstock.codec.OutputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RawFormatTest {

  private static final TensorSpec FLOATS = new TensorSpec("x", DType.FLOAT32, List.of(-1L, 2L));
  private static final TensorSpec OPEN = new TensorSpec("t", DType.INT64, List.of(-1L, -1L, 2L));
  private static final TensorSpec TEXT = new TensorSpec("s", DType.STRING, List.of(-1L));

  @Test
  void shouldTakeTheBytesOfARow() {
    Rows rows = Rows.of(List.of(FLOATS), 2);
    byte[] record = littleEndian(8).putFloat(1.5f).putFloat(Float.NaN).array();

    decoder(FLOATS).decode(InputRecords.of(record), rows, 1);

    NumericColumn column = (NumericColumn) rows.column(0);
    assertThat(column.floatAt(column.offset(1, 0))).isEqualTo(1.5f);
    assertThat(column.floatAt(column.offset(1, 1))).isNaN();
  }

  @Test
  void shouldTellAnOpenDimensionFromTheLength() {
    RecordDecoder decoder = decoder(OPEN);
    Rows rows = Rows.of(List.of(OPEN), 1);

    for (int length : new int[] {3, 0, 1}) {
      decoder.decode(InputRecords.of(new byte[length * 2 * Long.BYTES]), rows, 0);

      assertThat(rows.column(0).rowShape()).containsExactly(length, 2);
    }
  }

  @Test
  void shouldTakeARecordAsAString() {
    Rows rows = Rows.of(List.of(TEXT), 1);

    decoder(TEXT).decode(InputRecords.of(new byte[] {(byte) 0xff, 0}), rows, 0);

    assertThat(((StringColumn) rows.column(0)).get(0, 0)).containsExactly(0xff, 0);
  }

  @Test
  void shouldRefuseAnotherLength() {
    assertThat(refusal(FLOATS, new byte[7]))
        .hasMessage("The record has 7 bytes (expected: 8); input x: float32[-1,2]")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.SHAPE_MISMATCH);
    assertThat(refusal(OPEN, new byte[17]))
        .hasMessage(
            "The record has 17 bytes (expected: a multiple of 16); input t: int64[-1,-1,2]");
    assertThat(refusal(OPEN, new byte[8]))
        .hasMessage(
            "The record has 1 elements (expected: a multiple of 2); input t: int64[-1,-1,2]");
  }

  @Test
  void shouldRefuseBooleansThatAreNeither() {
    TensorSpec flags = new TensorSpec("b", DType.BOOL, List.of(-1L, 2L));

    assertThat(refusal(flags, new byte[] {1, 2}))
        .hasMessage("Byte 1 is 2 (expected: 0 or 1); input b: bool[-1,2]");
  }

  @Test
  void shouldRefuseSignaturesThatBytesDoNotTell() {
    assertThatThrownBy(() -> decoder(FLOATS, TEXT))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("(expected: one, since a raw record is one tensor's row)");
    assertThatThrownBy(() -> decoder(new TensorSpec("t", DType.INT8, List.of(-1L, -1L, -1L))))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("several open dimensions");
    assertThatThrownBy(() -> decoder(new TensorSpec("t", DType.STRING, List.of(-1L, 2L))))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("rows of several strings");
  }

  @Test
  void shouldWriteTheBytesOfTheOutputThatIsNamed() {
    ModelSignature signature =
        new ModelSignature("serving_default", List.of(), List.of(TEXT, FLOATS));
    Rows outputs = Rows.of(signature.outputs(), 2);
    NumericColumn column = (NumericColumn) outputs.column(1);
    column.putFloat(column.offset(1, 1), 2.5f);
    ((StringColumn) outputs.column(0)).set(1, 0, new byte[] {7});

    assertThat(encoded("x", signature, outputs))
        .isEqualTo(littleEndian(8).putFloat(0).putFloat(2.5f).array());
    assertThat(encoded("s", signature, outputs)).containsExactly(7);
  }

  @Test
  void shouldWriteOneOutputOnly() {
    ModelSignature signature =
        new ModelSignature("serving_default", List.of(), List.of(TEXT, FLOATS));

    assertThatThrownBy(() -> output(OutputChoice.ALL).requireWritable("m", signature))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("name it in output.outputs");
  }

  private static byte[] encoded(String name, ModelSignature signature, Rows outputs) {
    return output(OutputChoice.of(List.of(name)))
        .encoder(AnyVersion.of("m", 1), signature)
        .encode(outputs, 1);
  }

  private static RawOutputFormat output(OutputChoice choice) {
    return new RawOutputFormat(
        new OutputSettings("out", choice, Map.of(), new NoRegistry(), false));
  }

  private static UndecodableRecordException refusal(TensorSpec input, byte[] record) {
    Rows rows = Rows.of(List.of(input), 1);
    RecordDecoder decoder = decoder(input);
    return catchThrowableOfType(
        UndecodableRecordException.class, () -> decoder.decode(InputRecords.of(record), rows, 0));
  }

  private static RecordDecoder decoder(TensorSpec... inputs) {
    return new RawInputFormat(
            new InputSettings("in", FieldMapping.byName(), Map.of(), new NoRegistry()))
        .decoder(new ModelSignature("serving_default", List.of(inputs), List.of()));
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
