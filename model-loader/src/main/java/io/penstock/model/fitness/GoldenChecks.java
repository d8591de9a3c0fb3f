package io.penstock.model.fitness;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.model.ModelException;
import io.penstock.model.ModelRunException;
import io.penstock.model.ModelSignature;
import io.penstock.model.RetriableModelException;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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
  private final Fitness fitness;
  private final List<Check> checks = new ArrayList<>();

  /** A record with the line that it stands on. */
  private record Check(int line, GoldenRecord golden, RecordedRequest inputs) {}

  private GoldenChecks(ServableVersion version, Fitness fitness) {
    this.version = version;
    this.fitness = fitness;
  }

  /**
   * Reads those of a version; none where there is no such file.
   *
   * @param directory the version's directory
   * @param fitness whether there must be such a file, and outputs must be finite
   * @throws ModelException if it cannot be read, or does not fit the version
   */
  public static GoldenChecks read(ServableVersion version, Path directory, Fitness fitness) {
    GoldenChecks checks = new GoldenChecks(version, fitness);
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      if (fitness.goldenChecksRequired()) {
        throw new ModelException(
            "%s has no golden checks: %s is missing (expected: a line of inputs and outputs at least). Add it, or do not require it."
                .formatted(version.id(), file));
      }
      return checks;
    }
    checks.readAll(lines(version.id(), file));
    return checks;
  }

  /** The first inputs for each signature, by its name. */
  public Map<String, RecordedRequest> samples() {
    Map<String, RecordedRequest> samples = new HashMap<>();
    checks.forEach(check -> samples.putIfAbsent(check.inputs().signature().name(), check.inputs()));
    return samples;
  }

  /**
   * Runs them.
   *
   * @return how many there are
   * @throws ModelException if outputs differ
   */
  public int run() {
    List<String> differences = new ArrayList<>();
    for (Check check : checks) {
      onLine(check.line(), () -> difference(check))
          .ifPresent(difference -> differences.add("Line " + check.line() + ", " + difference));
    }
    if (!differences.isEmpty()) {
      throw new ModelException(
          "%s computes something else than its golden checks expect, in %d of %d records. %s. Do not serve it, or correct %s."
              .formatted(
                  version.id(), differences.size(), checks.size(), differences.get(0), FILE));
    }
    return checks.size();
  }

  private static List<String> lines(ServableId id, Path file) {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ModelException(
          "%s: its golden checks in %s are no text: %s. Write them as UTF-8, one JSON object a line."
              .formatted(id, file, e),
          e);
    } catch (IOException e) {
      throw new RetriableModelException(
          "%s: its golden checks cannot be read from %s: %s. Check its permissions."
              .formatted(id, file, e),
          e);
    }
  }

  private void readAll(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String text = lines.get(i);
      if (!text.isBlank()) {
        int line = i + 1;
        checks.add(onLine(line, () -> check(line, text)));
      }
    }
    if (checks.isEmpty()) {
      throw new ModelException(
          "%s: %s holds no golden checks (expected: 1 or more). Add some, or remove it."
              .formatted(version.id(), FILE));
    }
  }

  private <T> T onLine(int line, Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException | ModelRunException e) {
      throw new ModelException(
          "%s: its golden checks cannot be run: %s, line %d: %s. Correct the line."
              .formatted(version.id(), FILE, line, e.getMessage()),
          e);
    }
  }

  private Check check(int line, String text) {
    if (checks.size() == MAX_RECORDS) {
      throw new IllegalArgumentException("more than " + MAX_RECORDS + " records");
    }
    GoldenRecord golden = GoldenRecord.parse(text);
    ModelSignature signature = signature(golden);
    int rows = signature.batchSize().orElse(1);
    Rows inputs = JsonRows.read(signature.inputs(), Collections.nCopies(rows, golden.inputs()));
    return new Check(line, golden, new RecordedRequest(signature, inputs, rows));
  }

  private ModelSignature signature(GoldenRecord record) {
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
    return signature;
  }

  private Optional<String> difference(Check check) {
    GoldenRecord record = check.golden();
    ModelSignature signature = check.inputs().signature();
    Rows outputs = Rows.of(signature.outputs());
    List<Integer> named = named(signature.outputs(), record.outputs());
    List<TensorSpec> compared = named.stream().map(signature.outputs()::get).toList();
    if (compared.isEmpty()) {
      throw new IllegalArgumentException(
          "outputs: %s (expected: some of %s)".formatted(record.outputs(), signature.outputs()));
    }
    Rows expected = JsonRows.read(compared, List.of(record.outputs()));
    version.run(signature, check.inputs().inputs(), check.inputs().rows(), outputs);
    Rows computed = outputs.select(named);
    return RowDifference.first(compared, expected, computed, record.tolerance())
        .or(() -> notFinite(signature.outputs(), named, outputs));
  }

  /** Among the outputs of which a record says nothing: what it expects to be infinite may be. */
  private Optional<String> notFinite(List<TensorSpec> specs, List<Integer> named, Rows outputs) {
    return IntStream.range(0, specs.size())
        .filter(i -> fitness.finiteOutputsRequired() && !named.contains(i))
        .mapToObj(i -> NonFinite.first(specs.get(i), outputs.column(i), 1))
        .flatMap(Optional::stream)
        .findFirst()
        .map(found -> found + ": infinite or NaN (expected: a number, or to be named as such)");
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
