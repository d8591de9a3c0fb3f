package io.penstock.model.fitness;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Inputs with the outputs that a version's makers expect, in a file beside the model: a version
 * that computes something else is another model than they tested, or runs on something that does
 * not suit it. One JSON object a line; lines without any are passed over.
 */
public final class GoldenChecks {

  /** Where they are within a version's directory. */
  public static final String FILE = "assets.extra/penstock_golden.jsonl";

  private static final int MAX_RECORDS = 1000;

  private final ServableVersion version;
  private final List<String> differences = new ArrayList<>();
  private int records;

  private GoldenChecks(ServableVersion version) {
    this.version = version;
  }

  /**
   * Checks a version.
   *
   * @param directory the version's directory
   * @param required whether there must be such a file
   * @return how many records were checked
   * @throws ModelException if outputs differ, or the file cannot be read
   */
  public static int check(ServableVersion version, Path directory, boolean required) {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      if (required) {
        throw new ModelException(
            "%s has no golden checks: %s is missing (expected: a line of inputs and outputs at least). Add it, or do not require it."
                .formatted(version.id(), file));
      }
      return 0;
    }
    GoldenChecks checks = new GoldenChecks(version);
    checks.checkAll(lines(version.id(), file));
    return checks.records;
  }

  private static List<String> lines(ServableId id, Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new ModelException(
          "%s: its golden checks cannot be read from %s: %s. Write them as UTF-8, one JSON object a line."
              .formatted(id, file, e),
          e);
    }
  }

  private void checkAll(List<String> lines) {
    for (int line = 1; line <= lines.size(); line++) {
      if (!lines.get(line - 1).isBlank()) {
        records++;
        check(line, lines.get(line - 1));
      }
    }
    if (records == 0) {
      throw new ModelException(
          "%s: %s holds no golden checks (expected: 1 or more). Add some, or remove it."
              .formatted(version.id(), FILE));
    }
    if (!differences.isEmpty()) {
      throw new ModelException(
          "%s computes something else than its golden checks expect, in %d of %d records. %s. Do not serve it, or correct %s."
              .formatted(version.id(), differences.size(), records, differences.get(0), FILE));
    }
  }

  private void check(int line, String text) {
    try {
      if (records > MAX_RECORDS) {
        throw new IllegalArgumentException("more than " + MAX_RECORDS + " records");
      }
      check(GoldenRecord.parse(text))
          .ifPresent(difference -> differences.add("Line " + line + ", " + difference));
    } catch (IllegalArgumentException | ModelRunException e) {
      throw new ModelException(
          "%s: its golden checks cannot be run: %s, line %d: %s. Correct the line."
              .formatted(version.id(), FILE, line, e.getMessage()),
          e);
    }
  }

  private Optional<String> check(GoldenRecord record) {
    ModelSignature signature =
        version
            .signature(record.signature())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "signature_name: %s (expected: one of %s)"
                            .formatted(record.signature(), version.signatures())));
    if (version.changesState(signature)) {
      throw new IllegalArgumentException(
          "signature %s writes variables, so a check would change what it computes later"
              .formatted(signature.name()));
    }
    int size = signature.batchSize().orElse(1);
    Rows inputs = JsonRows.read(signature.inputs(), Collections.nCopies(size, record.inputs()));
    Rows outputs = Rows.of(signature.outputs());
    List<Integer> named = named(signature.outputs(), record.outputs());
    List<TensorSpec> compared = named.stream().map(signature.outputs()::get).toList();
    if (compared.isEmpty()) {
      throw new IllegalArgumentException(
          "outputs: %s (expected: some of %s)".formatted(record.outputs(), signature.outputs()));
    }
    Rows expected = JsonRows.read(compared, List.of(record.outputs()));
    version.run(signature, inputs, size, outputs);
    Rows computed = outputs.select(named);
    return RowDifference.first(compared, expected, computed, record.tolerance());
  }

  /** Which outputs a record says something of: those that it names, else the only one. */
  private static List<Integer> named(List<TensorSpec> outputs, JsonNode expected) {
    return IntStream.range(0, outputs.size())
        .filter(
            i ->
                !expected.isObject()
                    || expected.has(JsonRows.BASE64)
                    || expected.has(outputs.get(i).name()))
        .boxed()
        .toList();
  }
}
