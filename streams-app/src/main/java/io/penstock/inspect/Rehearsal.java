package io.penstock.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.check.Verdict;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.GoldenChecks;
import io.penstock.model.fitness.JsonRows;
import io.penstock.model.fitness.SyntheticRows;
import io.penstock.model.fitness.WarmUp;
import io.penstock.model.lifecycle.LoadedModel;
import io.penstock.model.lifecycle.ModelLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A version loaded for a moment, outside of a service: to run sample input through it, or to see
 * whether it would serve. Takes its native memory meanwhile. Stateless.
 */
public final class Rehearsal {

  private final ModelLoader loader;

  public Rehearsal(ModelLoader loader) {
    this.loader = loader;
  }

  /**
   * Runs instances through the newest version.
   *
   * @param instances in TensorFlow Serving's row format; null for one row of zeros
   * @return {@code {"predictions": […]}}, one for each instance
   * @throws ModelException if the version cannot be loaded or run
   * @throws IllegalArgumentException if the instances do not fit the signature
   */
  public ObjectNode run(
      ModelDirectory model, String signatureName, @Nullable List<JsonNode> instances) {
    ServableId id = model.id(model.versions().lastKey());
    try (LoadedModel version = loader.load(id, model.newest(), Set.of(signatureName))) {
      ModelSignature signature = version.signature(signatureName).orElseThrow();
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      ArrayNode predictions = answer.putArray("predictions");
      int size = signature.batchSize().orElse(1);
      if (instances == null) {
        Rows zeros = SyntheticRows.zeros(signature.inputs(), size);
        predictions.add(run(version, signature, zeros, size));
      } else {
        for (JsonNode instance : instances) {
          Rows inputs = JsonRows.read(signature.inputs(), Collections.nCopies(size, instance));
          predictions.add(run(version, signature, inputs, size));
        }
      }
      return answer;
    }
  }

  private static JsonNode run(
      LoadedModel version, ModelSignature signature, Rows inputs, int rows) {
    Rows outputs = Rows.of(signature.outputs());
    version.run(signature, inputs, rows, outputs);
    return JsonRows.write(signature.outputs(), outputs, 0);
  }

  /**
   * Does what a version has to pass before it serves.
   *
   * @param signatures signatures that pipelines will ask for
   * @param sizes batch sizes that will be run
   */
  public List<Verdict> check(
      ServableId id, Path directory, Set<String> signatures, Set<Integer> sizes, boolean golden) {
    List<Verdict> verdicts = new ArrayList<>();
    try (LoadedModel version = loader.load(id, directory, signatures)) {
      verdicts.add(Verdict.ok(id.toString(), "loads; signatures " + version.signatures()));
      verdicts.add(
          Verdict.ok(
              id.toString(),
              "warms up: " + WarmUp.run(version, signatures, sizes, version.recordedRequests())));
      int checks = GoldenChecks.check(version, directory, golden);
      verdicts.add(
          Verdict.ok(
              id.toString(),
              checks == 0 ? "has no golden checks" : checks + " golden checks hold"));
    } catch (ModelException e) {
      verdicts.add(Verdict.failed(id.toString(), String.valueOf(e.getMessage())));
    }
    return verdicts;
  }
}
