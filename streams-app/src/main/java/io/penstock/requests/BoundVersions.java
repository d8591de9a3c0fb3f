package io.penstock.requests;

import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.model.Lease;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;
import io.penstock.requests.RefusedRequestException.Code;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The versions of a model as its door runs them: each that is loaded, by each of its signatures
 * that was asked for. A version that hangs by one signature is run by none any more: whoever sent
 * the input that it hangs on may send it again, and each time takes a thread.
 *
 * <p>Thread-safe; never blocks.
 */
final class BoundVersions {

  private final RequestModel model;
  private final Inference.Terms terms;
  private final HandedRows format;
  private final Map<Key, Bound> bound = new ConcurrentHashMap<>();

  private record Key(long version, String signature) {}

  /** A version as it was loaded: unloaded and loaded again, it is another. */
  record Bound(ServableVersion loaded, VersionBinding binding) {}

  /**
   * @param terms that all of them are run by
   * @param format that all of them take
   */
  BoundVersions(RequestModel model, Inference.Terms terms, HandedRows format) {
    this.model = model;
    this.terms = terms;
    this.format = format;
  }

  /**
   * The version and the signature that a request means.
   *
   * @param unknownSignature what it is refused with if the version has no such signature
   * @throws RefusedRequestException if there is none such, or it is not run any more
   */
  Bound resolve(ModelSpec spec, Code unknownSignature) {
    long version = version(spec);
    try (Lease lease = acquire(version, spec)) {
      ServableVersion loaded = lease.version();
      requireRunning(loaded);
      Key key = new Key(version, spec.signatureName());
      Bound known = bound.get(key);
      if (known != null && known.loaded() == loaded) {
        return known;
      }
      Bound made = bind(loaded, key, unknownSignature);
      forgetUnloaded();
      // Of two threads' the second counts: a batch more at worst.
      bound.put(key, made);
      return made;
    }
  }

  /**
   * Whether a request still means that version.
   *
   * @throws RefusedRequestException if it means none any more, or that is not run any more
   */
  boolean isMeant(ModelSpec spec, Bound resolved) {
    if (version(spec) != resolved.binding().id().version()) {
      return false;
    }
    requireRunning(resolved.loaded());
    return true;
  }

  private long version(ModelSpec spec) {
    return spec.version()
        .orElseGet(() -> spec.label().map(this::labelled).orElseGet(model::active));
  }

  private long labelled(String label) {
    return model
        .labelled(label)
        .orElseThrow(
            () -> RefusedRequestException.invalid("Unrecognized servable version label: " + label));
  }

  private void requireRunning(ServableVersion loaded) {
    for (Bound each : bound.values()) {
      VersionQuarantinedException hangs = each.binding().quarantine();
      if (hangs != null && each.loaded() == loaded) {
        bound.values().stream()
            .filter(other -> other.loaded() == loaded)
            .forEach(other -> other.binding().quarantine(hangs));
        throw RefusedRequestException.unavailable(String.valueOf(hangs.getMessage()));
      }
    }
  }

  private Lease acquire(long version, ModelSpec spec) {
    return model.acquire(version).orElseThrow(() -> RefusedRequestException.notFound(spec));
  }

  private Bound bind(ServableVersion loaded, Key key, Code unknownSignature) {
    ModelSignature signature =
        loaded
            .signature(key.signature())
            .orElseThrow(
                () ->
                    new RefusedRequestException(
                        unknownSignature,
                        "Serving signature key \"%s\" not found in %s (expected: one of %s)"
                            .formatted(
                                key.signature(), loaded.id(), new TreeSet<>(loaded.signatures()))));
    return new Bound(
        loaded,
        new VersionBinding(
            loaded.id(),
            terms,
            loaded.fingerprint(),
            signature,
            format,
            new OutputRow(),
            () -> leaseOn(loaded)));
  }

  /** A lease on what was loaded then, not on what has been loaded since by the same number. */
  private Optional<Lease> leaseOn(ServableVersion loaded) {
    Optional<Lease> lease = model.acquire(loaded.id().version());
    if (lease.isPresent() && lease.get().version() != loaded) {
      lease.get().close();
      return Optional.empty();
    }
    return lease;
  }

  private void forgetUnloaded() {
    bound
        .values()
        .removeIf(
            known -> {
              Optional<Lease> lease = leaseOn(known.loaded());
              lease.ifPresent(Lease::close);
              return lease.isEmpty();
            });
  }
}
