package io.penstock.draft;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.penstock.grpc.ServingSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What TensorFlow Serving's configuration files say: those of {@code --model_config_file} and
 * {@code --batching_parameters_file}, in protobuf's text format.
 *
 * @param models in the file's order
 * @param batching empty where there is no such file
 */
public record ServingFiles(List<ServedModel> models, Optional<Batching> batching) {

  public ServingFiles {
    models = List.copyOf(models);
  }

  /** Which versions are loaded: {@code ServableVersionPolicy}. */
  public sealed interface Versions {

    /** The newest. */
    record Latest(long count) implements Versions {}

    /** All there are. */
    record All() implements Versions {}

    /** Certain ones. */
    record Specific(List<Long> numbers) implements Versions {}
  }

  /**
   * A model.
   *
   * @param platform what serves it; empty for TensorFlow
   * @param labels versions by label
   * @param isLogged whether its requests are logged
   */
  public record ServedModel(
      String name,
      String basePath,
      String platform,
      Versions versions,
      Map<String, Long> labels,
      boolean isLogged) {}

  /**
   * How requests are batched; what is not said is empty.
   *
   * @param allowedSizes none: any
   */
  public record Batching(
      OptionalLong maxBatchSize,
      OptionalLong timeoutMicros,
      OptionalLong maxEnqueuedBatches,
      OptionalLong threads,
      OptionalLong maxExecutionBatchSize,
      List<Long> allowedSizes,
      boolean pads,
      boolean namesItsPool) {}

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException if one cannot be read or understood, and where
   */
  public static ServingFiles read(Path modelsConfig, Optional<Path> batchingParameters) {
    ServingSchema schema = ServingSchema.load();
    Message config = parse("--models-config", modelsConfig, schema, "ModelServerConfig");
    if (has(config, "custom_model_config")) {
      throw new IllegalArgumentException(
          "--models-config: %s has a custom_model_config (expected: a model_config_list)"
              .formatted(modelsConfig));
    }
    List<ServedModel> models =
        messages(message(config, "model_config_list"), "config").stream()
            .map(ServingFiles::model)
            .toList();
    return new ServingFiles(
        models,
        batchingParameters
            .map(file -> parse("--batching-parameters", file, schema, "BatchingParameters"))
            .map(ServingFiles::batching));
  }

  private static Message parse(String option, Path file, ServingSchema schema, String type) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(schema.message(type));
    try {
      TextFormat.merge(Files.readString(file), message);
    } catch (TextFormat.ParseException e) {
      if (String.valueOf(e.getMessage()).contains("Unable to parse Any")) {
        throw new IllegalArgumentException(
            "%s: %s:%d has a message of TensorFlow Serving's own extensions (expected: neither custom_model_config nor custom_logging_config): leave it out, Penstock has no counterpart"
                .formatted(option, file, e.getLine()),
            e);
      }
      throw new IllegalArgumentException(
          "%s: %s:%s (expected: tensorflow.serving.%s in protobuf's text format)"
              .formatted(option, file, e.getMessage(), type),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: %s cannot be read (expected: a text file): %s".formatted(option, file, e), e);
    }
    return message.build();
  }

  private static ServedModel model(Message config) {
    String platform = text(config, "model_platform");
    boolean isTensorFlow = platform.isEmpty() || platform.equals("tensorflow");
    boolean isOther = value(config, "model_type").toString().equals("OTHER");
    Map<String, Long> labels = new TreeMap<>();
    for (Message label : messages(config, "version_labels")) {
      labels.put(text(label, "key"), (Long) value(label, "value"));
    }
    return new ServedModel(
        text(config, "name"),
        text(config, "base_path"),
        isTensorFlow ? (isOther ? "OTHER" : "") : platform,
        versions(message(config, "model_version_policy")),
        labels,
        has(config, "logging_config") || !messages(config, "logging_configs").isEmpty());
  }

  /** TensorFlow Serving's default is the newest one. */
  private static Versions versions(Message policy) {
    if (has(policy, "all")) {
      return new Versions.All();
    }
    if (has(policy, "specific")) {
      return new Versions.Specific(numbers(message(policy, "specific"), "versions"));
    }
    long count = (Integer) value(message(policy, "latest"), "num_versions");
    return new Versions.Latest(Math.max(1, count));
  }

  private static Batching batching(Message parameters) {
    return new Batching(
        wrapped(parameters, "max_batch_size"),
        wrapped(parameters, "batch_timeout_micros"),
        wrapped(parameters, "max_enqueued_batches"),
        wrapped(parameters, "num_batch_threads"),
        wrapped(parameters, "max_execution_batch_size"),
        numbers(parameters, "allowed_batch_sizes"),
        (Boolean) value(parameters, "pad_variable_length_inputs"),
        has(parameters, "thread_pool_name"));
  }

  private static OptionalLong wrapped(Message message, String field) {
    return has(message, field)
        ? OptionalLong.of((Long) value(message(message, field), "value"))
        : OptionalLong.empty();
  }

  private static boolean has(Message message, String field) {
    return message.hasField(field(message, field));
  }

  private static Message message(Message message, String field) {
    return (Message) value(message, field);
  }

  private static String text(Message message, String field) {
    return (String) value(message, field);
  }

  private static List<Message> messages(Message message, String field) {
    List<Message> messages = new ArrayList<>();
    for (Object each : (List<?>) value(message, field)) {
      messages.add((Message) each);
    }
    return messages;
  }

  private static List<Long> numbers(Message message, String field) {
    List<Long> numbers = new ArrayList<>();
    for (Object each : (List<?>) value(message, field)) {
      numbers.add((Long) each);
    }
    return numbers;
  }

  private static Object value(Message message, String field) {
    return message.getField(field(message, field));
  }

  private static FieldDescriptor field(Message message, String field) {
    return message.getDescriptorForType().findFieldByName(field);
  }
}
