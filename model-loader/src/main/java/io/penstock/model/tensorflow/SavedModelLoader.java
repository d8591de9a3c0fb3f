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
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/** Loads SavedModels with the tag {@code serve}. Thread-safe. */
public final class SavedModelLoader implements ModelLoader {

  private final ConfigProto sessionConfig;

  public SavedModelLoader(SessionSettings settings) {
    this.sessionConfig = settings.toProto();
  }

  @Override
  public LoadedModel load(ServableId id, Path directory, Set<String> requiredSignatures) {
    String fingerprint = fingerprint(id, directory);
    Opened opened = open(id, directory);
    boolean bound = false;
    try {
      SignatureReader reader = new SignatureReader(id, opened.metaGraph());
      SavedModelContents contents = reader.read(List.of(List.of(GraphFile.TAG)));
      Map<String, BoundSignature> signatures = bind(contents, opened, reader);
      SavedModelContents usable = withoutContradictions(contents, signatures);
      requiredSignatures.forEach(usable::signature);
      signatures.keySet().retainAll(usable.signatures().keySet());
      bound = true;
      // Session and graph only: the MetaGraphDef is a second copy of the graph on the heap.
      return new SavedModelVersion(
          id,
          fingerprint,
          signatures,
          opened.bundle().session(),
          opened.bundle().graph(),
          new WarmUpFile(id, directory, usable.signatures()));
    } finally {
      if (!bound) {
        opened.bundle().close();
      }
    }
  }

  private static Map<String, BoundSignature> bind(
      SavedModelContents contents, Opened opened, SignatureReader reader) {
    StateWrites writes = new StateWrites(opened.metaGraph().getGraphDef());
    Map<String, BoundSignature> bound = new TreeMap<>();
    contents
        .signatures()
        .forEach(
            (name, signature) -> {
              SignatureDef definition = opened.metaGraph().getSignatureDefOrThrow(name);
              bound.put(
                  name,
                  BoundSignature.of(
                      signature,
                      definition,
                      opened.bundle().graph(),
                      reader.takesOneRow(definition),
                      writes.in(definition)));
            });
    return bound;
  }

  private static SavedModelContents withoutContradictions(
      SavedModelContents contents, Map<String, BoundSignature> bound) {
    SortedMap<String, String> unservable = new TreeMap<>(contents.unservable());
    bound.forEach(
        (name, signature) ->
            signature.contradiction().ifPresent(reason -> unservable.put(name, reason)));
    var servable = new TreeMap<>(contents.signatures());
    servable.keySet().removeAll(unservable.keySet());
    return new SavedModelContents(contents.id(), contents.tagSets(), servable, unservable);
  }

  private Opened open(ServableId id, Path directory) {
    try {
      SavedModelBundle bundle = open(directory);
      return new Opened(bundle, bundle.metaGraphDef());
    } catch (IllegalArgumentException contradiction) {
      return openUnsigned(id, directory);
    } catch (TensorFlowException | IllegalStateException e) {
      throw LoadFailure.explain(id, directory, e);
    }
  }

  /** The signatures themselves are checked when they are bound. */
  private Opened openUnsigned(ServableId id, Path directory) {
    try {
      SavedModel model = GraphFile.read(directory);
      try (UnsignedCopy copy = UnsignedCopy.of(directory, model)) {
        return new Opened(open(copy.directory()), GraphFile.serving(model));
      }
    } catch (GraphFile.UnusableException e) {
      throw LoadFailure.because(id, directory, String.valueOf(e.getMessage()), e);
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException e) {
      throw LoadFailure.explain(id, directory, e);
    } catch (IOException e) {
      throw LoadFailure.because(
          id,
          directory,
          "its graph contradicts a signature, and no copy without signatures can be made: "
              + e
              + ". Export the model again, or make room in the temporary directory.",
          e);
    }
  }

  private SavedModelBundle open(Path directory) {
    return SavedModelBundle.loader(directory.toString())
        .withTags(GraphFile.TAG)
        .withConfigProto(sessionConfig)
        .load();
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

  /**
   * A loaded model.
   *
   * @param metaGraph the graph for serving with its signatures, which the bundle itself may lack
   */
  private record Opened(SavedModelBundle bundle, MetaGraphDef metaGraph) {}
}
