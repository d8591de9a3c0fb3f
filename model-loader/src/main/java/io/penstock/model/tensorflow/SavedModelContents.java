package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a SavedModel says of itself. Immutable.
 *
 * @param tagSets the tags of every graph in it; {@code [serve]} is the one that is served
 * @param signatures those that can be served, by name
 * @param unservable those that cannot, by name, with the tensor that is to blame and what to do
 */
public record SavedModelContents(
    ServableId id,
    List<List<String>> tagSets,
    SortedMap<String, ModelSignature> signatures,
    SortedMap<String, String> unservable) {

  public SavedModelContents {
    tagSets = List.copyOf(tagSets);
    signatures = Collections.unmodifiableSortedMap(new TreeMap<>(signatures));
    unservable = Collections.unmodifiableSortedMap(new TreeMap<>(unservable));
  }

  /** Whether it is an entry point of that name, which can be served or not. */
  boolean has(String name) {
    return signatures.containsKey(name) || unservable.containsKey(name);
  }

  /**
   * The signature of that name.
   *
   * @throws ModelException if it is not there or cannot be served
   */
  public ModelSignature signature(String name) {
    if (unservable.containsKey(name)) {
      throw new ModelException(
          "Signature %s of %s cannot be served: %s".formatted(name, id, unservable.get(name)));
    }
    ModelSignature signature = signatures.get(name);
    if (signature == null) {
      throw new ModelException(
          ("%s has no signature %s (expected: one of %s). Configure one that it has, or export"
                  + " the model with it.")
              .formatted(id, name, signatures.keySet()));
    }
    return signature;
  }
}
