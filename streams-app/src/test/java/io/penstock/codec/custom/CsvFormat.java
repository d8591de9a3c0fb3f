package io.penstock.codec.custom;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputFormatFactory;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.regex.Pattern;

/** Lines of numbers for a model with one vector of floats: {@code 0.5;1;-2}. */
public final class CsvFormat implements InputFormatFactory {

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public InputFormat create(InputSettings settings) {
    String separator = settings.options().getOrDefault("separator", ",");
    if (separator.length() != 1) {
      throw new IllegalArgumentException(
          "options.separator: " + separator + " (expected: one character)");
    }
    return signature -> new Decoder(vector(signature), Pattern.compile(Pattern.quote(separator)));
  }

  private static TensorSpec vector(ModelSignature signature) {
    TensorSpec input = signature.inputs().get(0);
    if (signature.inputs().size() > 1
        || input.dtype() != DType.FLOAT32
        || input.rowShape().size() != 1
        || !input.isFixedSize()) {
      throw new MappingException(
          "Signature %s has the inputs %s (expected: one vector of floats)"
              .formatted(signature.name(), signature.inputs()));
    }
    return input;
  }

  /** Not thread-safe: one stream thread's own. */
  private record Decoder(TensorSpec input, Pattern separator) implements RecordDecoder {

    @Override
    public void prepare(InputRecord record) {}

    @Override
    public void decode(InputRecord record, Rows rows, int row) {
      String[] texts = separator.split(new String(record.value(), UTF_8), -1);
      if (texts.length != input.rowElements()) {
        throw new UndecodableRecordException(
            DeadLetterReason.SHAPE_MISMATCH,
            "The line has %d numbers (expected: %d); input %s"
                .formatted(texts.length, input.rowElements(), input));
      }
      NumericColumn column = (NumericColumn) rows.column(0);
      for (int i = 0; i < texts.length; i++) {
        column.putFloat(column.offset(row, i), number(texts[i]));
      }
    }

    private static float number(String text) {
      try {
        return Float.parseFloat(text);
      } catch (NumberFormatException e) {
        throw new UndecodableRecordException(
            DeadLetterReason.MALFORMED, "\"" + text + "\" is no number");
      }
    }
  }
}
