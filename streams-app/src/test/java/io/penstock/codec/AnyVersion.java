package io.penstock.codec;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A version that is only known by name, and perhaps by its folder. */
public record AnyVersion(ServableId id, @Nullable Path folder) implements ServableVersion {

  /** A version of that model without files. */
  public static AnyVersion of(String model, long version) {
    return new AnyVersion(new ServableId(model, version), null);
  }

  @Override
  public Optional<Path> directory() {
    return Optional.ofNullable(folder);
  }

  @Override
  public String fingerprint() {
    return "f";
  }

  @Override
  public Set<String> signatures() {
    return Set.of();
  }

  @Override
  public Optional<ModelSignature> signature(String name) {
    return Optional.empty();
  }

  @Override
  public void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    throw new UnsupportedOperationException();
  }
}
