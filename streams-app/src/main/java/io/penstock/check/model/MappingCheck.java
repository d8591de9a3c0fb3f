package io.penstock.check.model;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.codec.MappingException;
import io.penstock.model.ModelSignature;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;

/**
 * Checks that a pipeline's fields and padding fit its signature, and that the signature's outputs
 * can be written, in the newest version that has the signature. Silent where none has it.
 */
public final class MappingCheck implements Check {

  private final CheckedPipeline pipeline;

  public MappingCheck(CheckedPipeline pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public List<Verdict> verdicts() {
    SortedMap<Long, ModelSignature> signatures = pipeline.signatures();
    if (signatures.isEmpty()) {
      return List.of();
    }
    String subject = "pipeline " + pipeline.name();
    ModelSignature newest = Objects.requireNonNull(signatures.get(signatures.lastKey()));
    try {
      String fields = pipeline.describeInput(newest);
      pipeline.checkOutput(newest);
      pipeline.checkLengths(newest);
      return List.of(Verdict.ok(subject, "fields fit: " + fields));
    } catch (MappingException e) {
      return List.of(refused(subject, signatures.lastKey(), String.valueOf(e.getMessage())));
    }
  }

  private Verdict refused(String subject, long version, String reason) {
    String key = "pipelines." + pipeline.name();
    String message =
        "%s/%d: %s%s"
            .formatted(
                pipeline.config().model(),
                version,
                reason,
                reason.startsWith(key) ? "" : " (key: " + key + ".input.fields)");
    Set<Long> older = pipeline.servable().keySet();
    return older.isEmpty()
        ? Verdict.failed(subject, message)
        : Verdict.warning(subject, message + "; versions " + older + " fit and can be promoted");
  }
}
