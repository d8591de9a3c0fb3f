package io.penstock.http.serving;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RefusedRequestException.Code;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A model that something is asked of, by whatever protocol, and perhaps one of its versions; in
 * TensorFlow Serving's words where there is none such.
 *
 * @param version empty where none is named
 */
public record AskedModel(String name, ModelView model, Optional<Long> version) {

  /** What a version declares. */
  public record Signatures(long version, List<DeclaredSignature> signatures) {}

  /**
   * The model of that name.
   *
   * @param models what is known of a model by name; empty of one that is not served here
   * @throws RefusedRequestException if there is none, or nothing is known of it
   */
  public static AskedModel of(Function<String, Optional<ModelView>> models, String name) {
    return models
        .apply(name)
        .filter(model -> !model.versions().isEmpty())
        .map(model -> new AskedModel(name, model, Optional.empty()))
        .orElseThrow(() -> notFound("Could not find any versions of model " + name));
  }

  /**
   * One of its versions.
   *
   * @param number in digits, however many
   * @throws RefusedRequestException if there is none such
   */
  public AskedModel version(String number) {
    Map<Long, VersionStatus> known = model.versions();
    return parsed(number)
        .filter(known::containsKey)
        .map(found -> new AskedModel(name, model, Optional.of(found)))
        .orElseThrow(() -> notFound("Could not find version " + number + " of model " + name));
  }

  private static Optional<Long> parsed(String number) {
    try {
      return Optional.of(Long.valueOf(number));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * The version that a label stands for.
   *
   * @throws RefusedRequestException if there is none such
   */
  public AskedModel labelled(String label) {
    Long number = model.labels().get(label);
    if (number == null) {
      throw RefusedRequestException.invalid("Unrecognized servable version label: " + label);
    }
    return version(number.toString());
  }

  /** The state of the version, or of each; newest first. */
  public List<VersionStatus> statuses() {
    Map<Long, VersionStatus> known = model.versions();
    List<VersionStatus> statuses =
        new ArrayList<>(version.map(known::get).map(List::of).orElse(List.copyOf(known.values())));
    Collections.reverse(statuses);
    return statuses;
  }

  /**
   * What the version declares. Without one it is the active version, which TensorFlow Serving has
   * none of: there it is the newest that is available, as it is here while none is active.
   *
   * @throws RefusedRequestException if it is not available
   */
  public Signatures signatures() {
    Optional<Long> meant = version.or(model::active).or(this::newestAvailable);
    return meant
        .flatMap(model::signatures)
        .map(declared -> new Signatures(meant.orElseThrow(), declared))
        .orElseThrow(
            () ->
                RefusedRequestException.notFound(
                    new ModelSpec(name, version, Optional.empty(), Optional.empty())));
  }

  private Optional<Long> newestAvailable() {
    return model.versions().entrySet().stream()
        .filter(entry -> entry.getValue().state() == VersionState.AVAILABLE)
        .map(Map.Entry::getKey)
        .max(Long::compare);
  }

  private static RefusedRequestException notFound(String message) {
    return new RefusedRequestException(Code.NOT_FOUND, message);
  }
}
