package io.penstock.draft;

import io.penstock.config.ModelConfig;
import io.penstock.draft.ServingFiles.Batching;
import io.penstock.draft.ServingFiles.ServedModel;
import io.penstock.draft.ServingFiles.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A configuration that answers requests as TensorFlow Serving did by its files, as commented YAML.
 * Immutable.
 *
 * @param origin what the files are called
 */
public record ServingDraft(
    String service, String bootstrapServers, String origin, ServingFiles files) {

  /** TensorFlow Serving's {@code max_batch_size} where none is said. */
  private static final long DEFAULT_BATCH_SIZE = 1000;

  private static final long MAX_QUEUED_ROWS = 10_000_000;

  /**
   * A draft of what can be served.
   *
   * @throws IllegalArgumentException if none of the models can
   */
  public ServingDraft {
    if (files.models().stream().noneMatch(ServingDraft::isServed)) {
      throw new IllegalArgumentException(
          "--models-config: no model of TensorFlow in %s (expected: one or more in model_config_list)"
              .formatted(origin));
    }
    files.models().stream().filter(ServingDraft::isServed).forEach(ServingDraft::requireName);
  }

  private static void requireName(ServedModel model) {
    try {
      var unused = ModelConfig.NAME.parse(model.name());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--models-config: name: %s %s".formatted(model.name(), e.getMessage()), e);
    }
  }

  private static boolean isServed(ServedModel model) {
    return model.platform().isEmpty();
  }

  /** What has no counterpart, a line each. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    for (ServedModel model : files.models()) {
      String name = "model " + model.name();
      if (!isServed(model)) {
        remarks.add(
            "%s: left out, its model_platform is %s: Penstock serves TensorFlow's SavedModels"
                .formatted(name, model.platform()));
        continue;
      }
      if (model.basePath().contains("://")) {
        remarks.add(
            "%s: base_path %s is no local folder: bring its versions to one"
                .formatted(name, model.basePath()));
      }
      if (model.isLogged()) {
        remarks.add(name + ": logging_config has no counterpart: requests are not logged");
      }
      model
          .labels()
          .forEach(
              (label, version) ->
                  remarks.add(
                      "%s: labels are given by command: ./penstock label %s %s %d"
                          .formatted(name, model.name(), label, version)));
    }
    files.batching().ifPresent(batching -> remark(batching, remarks));
    return remarks;
  }

  private static void remark(Batching batching, List<String> remarks) {
    if (batching.pads()) {
      remarks.add(
          "pad_variable_length_inputs has no counterpart: requests with rows of other lengths are"
              + " run in batches of their own");
    }
    if (batching.namesItsPool()) {
      remarks.add("thread_pool_name has no counterpart: all models share the inference threads");
    }
    List<Long> sizes = batching.allowedSizes();
    if (!sizes.isEmpty() && sizes.get(sizes.size() - 1) != rows(batching)) {
      remarks.add(
          "allowed_batch_sizes %s do not end with the batch size %d: left out"
              .formatted(sizes, rows(batching)));
    }
    OptionalLong largest = batching.maxBatchSize();
    if (batching.maxExecutionBatchSize().isPresent() && largest.isPresent()) {
      remarks.add(
          "max_batch_size: a request of any size is split into runs of max_execution_batch_size");
    }
  }

  /** The file. */
  public String yaml() {
    Lines lines = new Lines();
    lines.add("# Made of " + origin + ". Look it through, save it as serving.yaml, say, and then:");
    lines.add("#   ./penstock topics --config serving.yaml --create");
    lines.add("#   ./penstock config check --config serving.yaml");
    lines.add("#   ./penstock serve --config serving.yaml");
    remarks().forEach(remark -> lines.add("# " + remark.replace('\n', ' ')));
    lines.add("service: " + Lines.text(service), "prefix of the control topics");
    lines.add("kafka:");
    lines.add("  bootstrap.servers: " + Lines.text(bootstrapServers));
    lines.add("models:");
    files.models().stream().filter(ServingDraft::isServed).forEach(model -> model(model, lines));
    lines.add("requests:");
    lines.add("  rest: 127.0.0.1:8501", "0.0.0.0:8501 for others too, with http.token-file");
    lines.add("  grpc: {listen: 127.0.0.1:8500}");
    files.batching().ifPresent(batching -> batching(batching, lines));
    return lines.toString();
  }

  private static void model(ServedModel model, Lines lines) {
    lines.add("  " + Lines.text(model.name()) + ":");
    lines.add("    path: " + Lines.text(model.basePath()));
    lines.add("    versions: " + versions(model.versions()));
    lines.add("    promotion: automatic", "or manual: a version serves once somebody says so");
  }

  private static String versions(Versions versions) {
    if (versions instanceof Versions.Latest latest) {
      return "{policy: latest, count: " + latest.count() + "}";
    }
    return versions instanceof Versions.Specific specific
        ? "{policy: specific, numbers: " + specific.numbers() + "}"
        : "{policy: all}";
  }

  private static void batching(Batching batching, Lines lines) {
    List<String> batch = new ArrayList<>();
    batch.add("rows: " + rows(batching));
    batching.timeoutMicros().ifPresent(micros -> batch.add("linger: " + micros + "us"));
    List<Long> sizes = batching.allowedSizes();
    if (!sizes.isEmpty() && sizes.get(sizes.size() - 1) == rows(batching)) {
      batch.add("allowed-sizes: " + sizes);
    }
    lines.add("  batch: " + batch.stream().collect(Collectors.joining(", ", "{", "}")));
    batching
        .maxEnqueuedBatches()
        .ifPresent(
            batches ->
                lines.add(
                    "  max-queued-rows: " + queuedRows(batches, batching),
                    "(max_enqueued_batches + num_batch_threads) × max_batch_size"));
    batching
        .threads()
        .ifPresent(
            threads -> {
              lines.add("inference:");
              lines.add("  threads: " + threads, "num_batch_threads");
            });
  }

  /** There, what runs has left the queue; here, it counts. */
  private static long queuedRows(long batches, Batching batching) {
    long threads = batching.threads().orElse(Runtime.getRuntime().availableProcessors());
    double rows = ((double) batches + threads) * size(batching);
    return (long) Math.min(MAX_QUEUED_ROWS, Math.max(1, rows));
  }

  /** Rows that are run at once. */
  private static long rows(Batching batching) {
    return batching.maxExecutionBatchSize().orElse(size(batching));
  }

  private static long size(Batching batching) {
    return batching.maxBatchSize().orElse(DEFAULT_BATCH_SIZE);
  }
}
