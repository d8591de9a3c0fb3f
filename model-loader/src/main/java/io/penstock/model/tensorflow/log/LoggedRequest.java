package io.penstock.model.tensorflow.log;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.TensorProto;

/** A request as a client of TensorFlow Serving sent it. */
public sealed interface LoggedRequest {

  /** The signature that it asks for. */
  String signature();

  /**
   * A {@code PredictRequest}.
   *
   * @param inputs tensors by the signature's names, batch dimension first
   */
  record Predict(String signature, Map<String, TensorProto> inputs) implements LoggedRequest {
    public Predict {
      inputs = Map.copyOf(inputs);
    }
  }

  /**
   * A {@code ClassificationRequest}, a {@code RegressionRequest}, or a task of a {@code
   * MultiInferenceRequest}.
   *
   * @param examples a serialized {@code tensorflow.Example} for each row
   */
  record Examples(String signature, List<ByteString> examples) implements LoggedRequest {
    public Examples {
      examples = List.copyOf(examples);
    }
  }
}
