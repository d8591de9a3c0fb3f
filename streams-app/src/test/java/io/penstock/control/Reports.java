package io.penstock.control;

import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Reports as tests need them, of model {@code digits} unless they say so. */
final class Reports {

  private Reports() {}

  static InstanceReport idle(String instance) {
    return report(instance, FakeInstance.MODEL, ProtocolLevel.CURRENT, null);
  }

  static InstanceReport of(String instance, String model) {
    return report(instance, model, ProtocolLevel.CURRENT, null);
  }

  static InstanceReport atLevel(String instance, int protocolLevel) {
    return report(instance, FakeInstance.MODEL, protocolLevel, null);
  }

  /** With that many versions loaded, from 1 on. */
  static InstanceReport having(String instance, long versions) {
    return having(instance, 1, versions);
  }

  /** With those versions loaded. */
  static InstanceReport having(String instance, long first, long last) {
    InstanceReport report = idle(instance);
    report.put(
        "versions",
        LongStream.rangeClosed(first, last)
            .mapToObj(version -> new VersionStatus(version, VersionState.AVAILABLE, null))
            .toList());
    return report;
  }

  static InstanceReport preparing(String instance, long epoch) {
    return prepared(instance, epoch, Readiness.PREPARING, null);
  }

  static InstanceReport preparing(String instance, long epoch, VersionStatus version) {
    return report(
        instance,
        FakeInstance.MODEL,
        ProtocolLevel.CURRENT,
        List.of(version),
        new Preparation(epoch, 2L, Readiness.PREPARING, null));
  }

  static InstanceReport ready(String instance, long epoch) {
    return prepared(instance, epoch, Readiness.READY, null);
  }

  static InstanceReport failed(String instance, long epoch, String reason) {
    return prepared(instance, epoch, Readiness.FAILED, reason);
  }

  private static InstanceReport prepared(
      String instance, long epoch, Readiness readiness, @Nullable String reason) {
    return report(
        instance,
        FakeInstance.MODEL,
        ProtocolLevel.CURRENT,
        new Preparation(epoch, 2L, readiness, reason));
  }

  private static InstanceReport report(
      String instance, String model, int protocolLevel, @Nullable Preparation preparation) {
    return report(
        instance,
        model,
        protocolLevel,
        List.of(new VersionStatus(1L, VersionState.AVAILABLE, null)),
        preparation);
  }

  private static InstanceReport report(
      String instance,
      String model,
      int protocolLevel,
      List<VersionStatus> versions,
      @Nullable Preparation preparation) {
    return InstanceReport.newBuilder()
        .setInstance(instance)
        .setModel(model)
        .setTime(Instant.EPOCH)
        .setProtocolLevel(protocolLevel)
        .setHeartbeat(0)
        .setVersions(versions)
        .setAspired(List.of(1L, 2L, 3L))
        .setPipelines(List.of(new PipelineStatus("scores", "in", "RUNNING", "")))
        .setPreparation(preparation)
        .build();
  }
}
