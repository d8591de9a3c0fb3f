package io.penstock.codec.avro;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.OutputBinding;
import io.penstock.codec.PredictionEncoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.registry.WireFormat;
import java.util.List;
import java.util.Optional;

/**
 * Encodes rows of outputs as framed Avro records: the size first, then the bytes into an array of
 * just that size. Thread-safe.
 */
final class AvroPredictionEncoder implements PredictionEncoder {

  private final int schemaId;
  private final OutputBinding[] outputs;
  private final ElementWriter[] writers;
  private final CopyTarget copies;

  /**
   * @param copies of fields that the schema has behind the outputs
   */
  AvroPredictionEncoder(int schemaId, List<OutputBinding> outputs, CopyTarget copies) {
    this.schemaId = schemaId;
    this.copies = copies;
    this.outputs = outputs.toArray(OutputBinding[]::new);
    this.writers =
        outputs.stream().map(o -> ElementWriter.of(o.output())).toArray(ElementWriter[]::new);
  }

  @Override
  public Optional<CopyTarget> copyTarget() {
    return Optional.of(copies);
  }

  @Override
  public byte[] encode(Rows rows, int row) {
    return encode(rows, row, FieldCopier.NOTHING);
  }

  @Override
  public byte[] encode(Rows rows, int row, byte[] copied) {
    long size = WireFormat.HEADER_BYTES + (long) copied.length;
    for (int i = 0; i < writers.length; i++) {
      Column column = rows.column(outputs[i].column());
      requireRank(outputs[i].output(), column);
      size += size(writers[i], column, row, 0, 0);
    }
    if (size > Integer.MAX_VALUE) {
      throw new UndecodableRecordException(
          DeadLetterReason.UNENCODABLE,
          "The prediction has " + size + " bytes (expected: at most " + Integer.MAX_VALUE + ")");
    }
    byte[] record = new byte[(int) size];
    WireFormat.writeHeader(record, schemaId);
    AvroSink to = new AvroSink(record, WireFormat.HEADER_BYTES);
    for (int i = 0; i < writers.length; i++) {
      write(writers[i], rows.column(outputs[i].column()), row, 0, 0, to);
    }
    to.write(copied, 0, copied.length);
    return record;
  }

  /** Bytes of the value that begins with an element, from a dimension on. */
  private static long size(
      ElementWriter writer, Column column, int row, int dimension, int element) {
    int[] shape = column.rowShape();
    if (dimension == shape.length) {
      return writer.size(column, row, element, 1);
    }
    int count = shape[dimension];
    if (count == 0) {
      return 1;
    }
    long size = AvroSink.sizeOf(count) + 1L; // Zero ends the array.
    if (dimension == shape.length - 1) {
      return size + writer.size(column, row, element, count);
    }
    int stride = stride(shape, dimension);
    for (int i = 0; i < count; i++) {
      size += size(writer, column, row, dimension + 1, element + i * stride);
    }
    return size;
  }

  private static void write(
      ElementWriter writer, Column column, int row, int dimension, int element, AvroSink to) {
    int[] shape = column.rowShape();
    if (dimension == shape.length) {
      writer.write(column, row, element, 1, to);
      return;
    }
    int count = shape[dimension];
    if (count > 0) {
      to.writeLong(count);
      if (dimension == shape.length - 1) {
        writer.write(column, row, element, count, to);
      } else {
        int stride = stride(shape, dimension);
        for (int i = 0; i < count; i++) {
          write(writer, column, row, dimension + 1, element + i * stride, to);
        }
      }
    }
    to.writeLong(0);
  }

  /** Elements from one index of a dimension to the next. */
  private static int stride(int[] shape, int dimension) {
    int stride = 1;
    for (int i = dimension + 1; i < shape.length; i++) {
      stride *= shape[i];
    }
    return stride;
  }

  private static void requireRank(TensorSpec output, Column column) {
    if (column.rowShape().length != output.rowShape().size()) {
      throw new UndecodableRecordException(
          DeadLetterReason.UNENCODABLE,
          "Output "
              + output
              + " has rows of "
              + column.rowShape().length
              + " dimensions (expected: "
              + output.rowShape().size()
              + ")");
    }
  }
}
