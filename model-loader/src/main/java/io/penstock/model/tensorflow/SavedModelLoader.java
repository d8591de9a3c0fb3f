package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.lifecycle.LoadedModel;
import io.penstock.model.lifecycle.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;

/** Loads SavedModels with the tag {@code serve}. Thread-safe. */
public final class SavedModelLoader implements ModelLoader {

  private final ConfigProto sessionConfig;

  public SavedModelLoader(SessionSettings settings) {
    this.sessionConfig = settings.toProto();
  }

  @Override
  public LoadedModel load(ServableId id, Path directory, Set<String> requiredSignatures) {
    String fingerprint = fingerprint(id, directory);
    SavedModelBundle bundle = open(id, directory);
    boolean bound = false;
    try {
      Map<String, BoundSignature> signatures = signatures(id, bundle, requiredSignatures);
      bound = true;
      // Session and graph only: the bundle's MetaGraphDef is a second copy of the graph on the
      // heap.
      return new SavedModelVersion(id, fingerprint, signatures, bundle.session(), bundle.graph());
    } finally {
      if (!bound) {
        bundle.close();
      }
    }
  }

  private static Map<String, BoundSignature> signatures(
      ServableId id, SavedModelBundle bundle, Set<String> required) {
    MetaGraphDef metaGraph = bundle.metaGraphDef();
    SavedModelContents contents =
        new SignatureReader(id, metaGraph).read(List.of(List.of(GraphFile.TAG)));
    required.forEach(contents::signature);
    Map<String, BoundSignature> bound = new TreeMap<>();
    contents
        .signatures()
        .forEach(
            (name, signature) ->
                bound.put(
                    name,
                    BoundSignature.of(
                        signature, metaGraph.getSignatureDefOrThrow(name), bundle.graph())));
    return bound;
  }

  private SavedModelBundle open(ServableId id, Path directory) {
    try {
      return SavedModelBundle.loader(directory.toString())
          .withTags(GraphFile.TAG)
          .withConfigProto(sessionConfig)
          .load();
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException e) {
      throw LoadFailure.explain(id, directory, e);
    }
  }

  private static String fingerprint(ServableId id, Path directory) {
    try {
      return Fingerprint.of(directory);
    } catch (IOException e) {
      throw new ModelException(
          "%s could not be read from %s: %s. Check that the directory is there and readable."
              .formatted(id, directory, e),
          e);
    }
  }
}
