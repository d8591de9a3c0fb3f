package io.penstock.demo.digits;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The file of digits: columns {@code id}, {@code label} and {@code p0} to {@code p63}, which count
 * from 0 (white) to 16 (black).
 */
final class DigitFile {

  private static final int PIXELS = 64;
  private static final float BLACK = 16f;

  private DigitFile() {}

  static List<Digit> read(Path file) {
    try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(file)) {
      List<Digit> digits = csv.stream().map(DigitFile::digit).toList();
      if (digits.isEmpty()) {
        throw new IllegalStateException("No digits in " + file);
      }
      return digits;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the digits in " + file, e);
    }
  }

  private static Digit digit(NamedCsvRecord row) {
    List<Float> pixels =
        IntStream.range(0, PIXELS)
            .mapToObj(i -> Integer.parseInt(row.getField("p" + i)) / BLACK)
            .toList();
    return new Digit(row.getField("id"), Integer.parseInt(row.getField("label")), pixels);
  }
}
