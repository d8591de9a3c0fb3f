package io.penstock.codec.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.OutputBinding;
import io.penstock.codec.PredictionEncoder;
import io.penstock.model.Column;
import io.penstock.model.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Encodes rows of outputs as objects: a scalar is a value, every dimension an array around it.
 * Floats have as few digits as tell them apart; what is not finite is {@code NaN}, {@code Infinity}
 * or {@code -Infinity}, which is no JSON but what TensorFlow Serving writes, too. Thread-safe.
 */
final class JsonPredictionEncoder implements PredictionEncoder {

  private final JsonFactory json;
  private final int[] columns;
  private final SerializedString[] names;
  private final JsonElementWriter[] writers;
  private final CopyTarget copies;

  JsonPredictionEncoder(JsonFactory json, List<OutputBinding> outputs, CopyTarget copies) {
    this.json = json;
    this.copies = copies;
    this.columns = outputs.stream().mapToInt(OutputBinding::column).toArray();
    this.names =
        outputs.stream()
            .map(output -> new SerializedString(output.output().name()))
            .toArray(SerializedString[]::new);
    this.writers =
        outputs.stream()
            .map(output -> JsonElementWriter.of(output.output()))
            .toArray(JsonElementWriter[]::new);
  }

  /** Jackson, writing floats as said above. */
  static JsonFactory factory() {
    return JsonFactory.builder()
        .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
        .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
        .build();
  }

  @Override
  public Optional<CopyTarget> copyTarget() {
    return Optional.of(copies);
  }

  @Override
  public byte[] encode(Rows outputs, int row) {
    return encode(outputs, row, FieldCopier.NOTHING);
  }

  @Override
  public byte[] encode(Rows outputs, int row, byte[] copied) {
    // Its buffers serve one prediction after another.
    BufferRecycler recycler = json._getBufferRecycler();
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(recycler)) {
      try (JsonGenerator to = json.createGenerator(bytes)) {
        to.writeStartObject();
        for (int i = 0; i < names.length; i++) {
          to.writeFieldName(names[i]);
          write(writers[i], outputs.column(columns[i]), row, 0, 0, to);
        }
        if (copied.length > 0) {
          to.flush();
          bytes.write(copied, 0, copied.length);
        }
        to.writeEndObject();
      }
      return bytes.getClearAndRelease();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing into memory failed", e);
    } finally {
      recycler.releaseToPool();
    }
  }

  /** Writes the value that begins with an element, from a dimension on. */
  private static void write(
      JsonElementWriter writer,
      Column column,
      int row,
      int dimension,
      int element,
      JsonGenerator to)
      throws IOException {
    int[] shape = column.rowShape();
    if (dimension == shape.length) {
      writer.write(column, row, element, to);
      return;
    }
    to.writeStartArray();
    int stride = 1;
    for (int i = dimension + 1; i < shape.length; i++) {
      stride *= shape[i];
    }
    for (int i = 0; i < shape[dimension]; i++) {
      write(writer, column, row, dimension + 1, element + i * stride, to);
    }
    to.writeEndArray();
  }
}
