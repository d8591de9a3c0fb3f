package io.penstock.model.tensorflow;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.RetriableModelException;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.model.fitness.RecordedRequest;
import io.penstock.model.fitness.RecordedRequests;
import io.penstock.model.tensorflow.log.LoggedRequest;
import io.penstock.model.tensorflow.log.LoggedRequests;
import io.penstock.model.tensorflow.log.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tensorflow.proto.TensorProto;

/**
 * The requests that were recorded for a version, in the file and the format of TensorFlow Serving's
 * {@code SavedModel Warmup}; none where there is no such file. Thread-safe.
 *
 * @param signatures the version's signatures, by name
 */
record WarmUpFile(ServableId id, Path directory, SortedMap<String, ModelSignature> signatures)
    implements RecordedRequests {

  /** From {@code saved_model_warmup_util.h}: {@code kRequestsFileName}. */
  static final String NAME = "assets.extra/tf_serving_warmup_requests";

  /** From the same place: {@code kMaxNumRecords}. */
  private static final int MAX_RECORDS = 1000;

  /** Whether requests were recorded for a version. */
  static boolean isIn(Path directory) {
    return Files.isRegularFile(directory.resolve(NAME));
  }

  @Override
  public SortedMap<String, Integer> forEach(
      Set<String> wanted, Consumer<RecordedRequest> consumer) {
    SortedMap<String, Integer> passedOver = new TreeMap<>();
    if (!isIn(directory)) {
      return passedOver;
    }
    int record = 1;
    try (RecordFile file = RecordFile.open(directory.resolve(NAME))) {
      for (Optional<byte[]> log = file.next(); log.isPresent(); log = file.next()) {
        if (record > MAX_RECORDS) {
          throw new IllegalArgumentException("more than " + MAX_RECORDS + " records");
        }
        List<LoggedRequest> requests = LoggedRequests.parse(log.get());
        if (requests.isEmpty()) {
          passedOver.merge("no Predict, Classify, Regress or MultiInference", 1, Integer::sum);
        }
        for (LoggedRequest request : requests) {
          if (wanted.contains(request.signature())) {
            consumer.accept(bind(request));
          } else {
            passedOver.merge("signature " + request.signature(), 1, Integer::sum);
          }
        }
        record++;
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new ModelException(
          "%s: its warm-up requests cannot be run: %s, record %d: %s. Record them again as TFRecords of PredictionLog, or remove the file."
              .formatted(id, directory.resolve(NAME), record, LoadFailure.firstLine(e)),
          e);
    } catch (IOException e) {
      throw new RetriableModelException(
          "%s: its warm-up requests cannot be read from %s: %s. Check its permissions."
              .formatted(id, directory.resolve(NAME), e),
          e);
    }
    return passedOver;
  }

  private RecordedRequest bind(LoggedRequest request) {
    ModelSignature signature = signatures.get(request.signature());
    if (signature == null) {
      throw new IllegalArgumentException(
          "signature %s (expected: one of %s)".formatted(request.signature(), signatures.keySet()));
    }
    return request instanceof LoggedRequest.Predict predict
        ? bind(signature, predict)
        : bind(signature, ((LoggedRequest.Examples) request).examples());
  }

  private static RecordedRequest bind(ModelSignature signature, LoggedRequest.Predict request) {
    List<String> names = signature.inputs().stream().map(TensorSpec::name).toList();
    if (request.inputs().size() != names.size() || !request.inputs().keySet().containsAll(names)) {
      throw new IllegalArgumentException(
          "inputs %s (expected: %s)".formatted(request.inputs().keySet(), names));
    }
    Rows rows = Rows.of(signature.inputs());
    int size = 0;
    for (int i = 0; i < names.size(); i++) {
      Column column = rows.column(i);
      TensorProto tensor = Objects.requireNonNull(request.inputs().get(names.get(i)));
      TensorValues.copy(tensor, signature.inputs().get(i), column);
      if (column.capacityRows() == 0 || (i > 0 && column.capacityRows() != size)) {
        throw new IllegalArgumentException(
            "input %s: %d rows (expected: as many as the others, 1 or more)"
                .formatted(signature.inputs().get(i), column.capacityRows()));
      }
      size = column.capacityRows();
    }
    return new RecordedRequest(signature, rows, size);
  }

  /** Classify and Regress feed serialized Examples to the signature's one input. */
  private static RecordedRequest bind(ModelSignature signature, List<ByteString> examples) {
    if (signature.inputs().size() != 1
        || signature.inputs().get(0).dtype() != DType.STRING
        || !signature.inputs().get(0).rowShape().isEmpty()) {
      throw new IllegalArgumentException(
          "Examples for signature %s with inputs %s (expected: one input of string[-1])"
              .formatted(signature.name(), signature.inputs()));
    }
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("no Examples (expected: 1 or more)");
    }
    Rows rows = Rows.of(signature.inputs(), examples.size());
    StringColumn column = (StringColumn) rows.column(0);
    for (int row = 0; row < examples.size(); row++) {
      column.set(row, 0, examples.get(row).toByteArray());
    }
    return new RecordedRequest(signature, rows, examples.size());
  }
}
