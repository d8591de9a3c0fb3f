package io.penstock.model.fitness;

import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of a signature is not as it was in another version, each tensor by its name. Whether that
 * harms is for those to say who feed it and read from it: fields that fit one version may not fit
 * the other, and predictions get another schema. Stateless.
 */
public final class SignatureChanges {

  private SignatureChanges() {}

  /** The changes from one version's signature to another's. */
  public static List<String> between(ModelSignature before, ModelSignature after) {
    List<String> changes = new ArrayList<>();
    compare("input", before.inputs(), after.inputs(), changes);
    compare("output", before.outputs(), after.outputs(), changes);
    return changes;
  }

  private static void compare(
      String kind, List<TensorSpec> before, List<TensorSpec> after, List<String> changes) {
    for (TensorSpec spec : before) {
      Optional<TensorSpec> now = named(spec.name(), after);
      if (now.isEmpty()) {
        changes.add("%s %s is gone".formatted(kind, spec));
      } else if (!now.get().equals(spec)) {
        changes.add("%s %s was %s".formatted(kind, now.get(), spec));
      }
    }
    after.stream()
        .filter(spec -> named(spec.name(), before).isEmpty())
        .forEach(spec -> changes.add("%s %s is new".formatted(kind, spec)));
  }

  private static Optional<TensorSpec> named(String name, List<TensorSpec> specs) {
    return specs.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }
}
