package io.penstock.inspect;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;

/** An inspection as lines for people. Stateless. */
public final class InspectionText {

  private InspectionText() {}

  /** The lines, without one at the end. */
  public static String of(Inspection version) {
    StringJoiner lines = new StringJoiner(System.lineSeparator());
    lines.add("%s/%d  %s".formatted(version.model(), version.version(), version.directory()));
    if (version.problem() != null) {
      lines.add("  cannot be served: " + version.problem());
    }
    if (version.tags() == null) {
      return lines.toString();
    }
    line(lines, "written by", "TensorFlow " + version.tensorflow());
    line(lines, "size", size(Objects.requireNonNull(version.bytes())));
    line(lines, "fingerprint", String.valueOf(version.fingerprint()));
    line(lines, "tags", String.valueOf(version.tags()));
    line(lines, "warm-up", String.valueOf(version.warmUp()));
    line(lines, "golden", Boolean.TRUE.equals(version.goldenChecks()) ? "checks" : "no checks");
    version
        .signatures()
        .forEach(
            (name, signature) -> {
              line(lines, "signature", name + "  " + signature.method());
              if (signature.problem() != null) {
                line(lines, "", "cannot be served: " + signature.problem());
              }
              tensors(lines, "input", signature.inputs());
              tensors(lines, "output", signature.outputs());
            });
    return lines.toString();
  }

  private static void tensors(StringJoiner lines, String kind, List<Inspection.Tensor> tensors) {
    tensors.forEach(
        tensor ->
            line(
                lines,
                "  " + kind,
                "%s: %s%s  (%s)"
                    .formatted(tensor.name(), tensor.dtype(), shape(tensor), tensor.tensor())));
  }

  private static String shape(Inspection.Tensor tensor) {
    return tensor.shape() == null
        ? " of unknown rank, taken for [-1]"
        : tensor.shape().toString().replace(" ", "");
  }

  private static void line(StringJoiner lines, String what, String value) {
    lines.add("  %-11s  %s".formatted(what, value));
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB in files", bytes / 1e6);
  }
}
