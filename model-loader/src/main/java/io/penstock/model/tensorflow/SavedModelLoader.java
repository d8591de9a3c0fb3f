package io.penstock.model.tensorflow;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.files.Fingerprint;
import io.penstock.model.loading.LoadedModel;
import io.penstock.model.loading.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.MetaGraphDef;
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
    Reading reading = read(id, directory);
    Opened opened =
        reading
            .carried()
            .map(graph -> openUnsigned(id, directory, graph))
            .orElseGet(() -> open(id, directory));
    boolean bound = false;
    try {
      SignatureReader reader = new SignatureReader(id, opened.metaGraph());
      SavedModelContents contents = reader.read(List.of(List.of(GraphFile.TAG)));
      Map<String, BoundSignature> signatures = bind(contents, opened, reader);
      SavedModelContents usable = withoutContradictions(contents, signatures);
      requiredSignatures.forEach(usable::signature);
      signatures.keySet().retainAll(usable.signatures().keySet());
      bound = true;
      return new SavedModelVersion(
          id,
          directory,
          fingerprint,
          signatures,
          reading.declared(),
          opened.model(),
          new WarmUpFile(id, directory, usable.signatures()));
    } finally {
      if (!bound) {
        opened.model().close();
      }
    }
  }

  /**
   * Decides from the model's file alone how it is opened, so that it is opened once. Without the
   * graph, which TensorFlow reads for itself: there need not be two on the heap.
   */
  private static Reading read(ServableId id, Path directory) {
    MetaGraphDef graph = servingGraph(id, directory);
    try {
      return new Reading(BitCarriers.install(graph), DeclaredSignatures.of(graph));
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException e) {
      throw LoadFailure.explain(id, directory, e);
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
                      opened.model().graph(),
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
      return new Opened(OpenModel.of(bundle, Optional.empty()), bundle.metaGraphDef());
    } catch (IllegalArgumentException contradiction) {
      return openUnsigned(id, directory, servingGraph(id, directory));
    } catch (TensorFlowException | IllegalStateException e) {
      throw LoadFailure.explain(id, directory, e);
    }
  }

  private static MetaGraphDef servingGraph(ServableId id, Path directory) {
    try {
      return GraphFile.serving(GraphFile.read(directory));
    } catch (GraphFile.UnusableException e) {
      throw LoadFailure.unusable(id, directory, e);
    }
  }

  /** The signatures themselves are checked when they are bound. */
  private Opened openUnsigned(ServableId id, Path directory, MetaGraphDef graph) {
    try {
      UnsignedCopy copy = UnsignedCopy.of(directory, graph);
      boolean open = false;
      try {
        SavedModelBundle bundle = open(copy.directory());
        open = true;
        copy.dropGraph();
        return new Opened(OpenModel.of(bundle, Optional.of(copy)), graph);
      } finally {
        if (!open) {
          copy.close();
        }
      }
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException e) {
      throw LoadFailure.explain(id, directory, e);
    } catch (IOException e) {
      throw LoadFailure.passing(
          id,
          directory,
          "it has to be loaded without its signatures, and no copy without them can be made: "
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
      throw new RetriableModelException(
          "%s could not be read from %s: %s. Check that the directory is there and readable."
              .formatted(id, directory, e),
          e);
    }
  }

  /**
   * What a model's file says before TensorFlow sees it.
   *
   * @param carried the graph with carriers, if it takes some to feed and fetch it
   * @param declared the signatures as they are, whatever carries their tensors
   */
  private record Reading(Optional<MetaGraphDef> carried, List<DeclaredSignature> declared) {}

  /**
   * A model whose signatures are to be bound.
   *
   * @param metaGraph the graph for serving with its signatures, which a copy lacks
   */
  private record Opened(OpenModel model, MetaGraphDef metaGraph) {}
}
