package io.penstock.check.model;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * Checks that the newest complete version of a pipeline's model has its signature. Where only older
 * ones have it, the pipeline can go on with those.
 */
public final class SignatureCheck implements Check {

  private final CheckedPipeline pipeline;

  public SignatureCheck(CheckedPipeline pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public List<Verdict> verdicts() {
    String subject = "pipeline " + pipeline.name();
    SortedMap<Long, Path> complete = pipeline.model().complete();
    if (complete.isEmpty()) {
      return List.of(
          Verdict.warning(
              subject,
              "signature and fields not checked: model "
                  + pipeline.config().model()
                  + " has no version yet"));
    }
    long newest = complete.lastKey();
    try {
      ModelSignature signature =
          pipeline
              .model()
              .inspect(newest, Objects.requireNonNull(complete.get(newest)))
              .signature(pipeline.config().signature());
      return List.of(
          Verdict.ok(
              subject,
              "%s/%d has signature %s: %s -> %s"
                  .formatted(
                      pipeline.config().model(),
                      newest,
                      signature.name(),
                      signature.inputs(),
                      signature.outputs())));
    } catch (ModelException e) {
      return List.of(refused(subject, String.valueOf(e.getMessage())));
    }
  }

  private Verdict refused(String subject, String reason) {
    SortedMap<Long, ModelSignature> older = pipeline.signatures();
    String key = " (key: pipelines." + pipeline.name() + ".signature)";
    if (older.isEmpty()) {
      return Verdict.failed(subject, reason + key);
    }
    return Verdict.warning(
        subject, reason + " Versions " + older.keySet() + " have it and can be promoted" + key);
  }
}
