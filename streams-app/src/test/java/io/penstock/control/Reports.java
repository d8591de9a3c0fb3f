package io.penstock.control;

import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import java.time.Instant;
import java.util.List;
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

  static InstanceReport preparing(String instance, long epoch) {
    return prepared(instance, epoch, Readiness.PREPARING, null);
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
    return InstanceReport.newBuilder()
        .setInstance(instance)
        .setModel(model)
        .setTime(Instant.EPOCH)
        .setProtocolLevel(protocolLevel)
        .setHeartbeat(0)
        .setVersions(List.of())
        .setPreparation(preparation)
        .build();
  }
}
