package io.penstock.demo.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.localstack.host.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServiceLaunchTest {

  @Test
  void shouldRunTheServicesMainFromTheDistribution() {
    JavaProcess.Launch launch =
        ServiceLaunch.of(
            Path.of("/dist"),
            List.of("serve", "--config", "/demo.yaml"),
            Path.of("/tmp"),
            Path.of("/service.log"));

    assertThat(launch.mainClass()).isEqualTo("io.penstock.cli.PenstockMain");
    assertThat(launch.classPath()).containsExactly("/dist/lib/*");
    assertThat(launch.arguments()).containsExactly("serve", "--config", "/demo.yaml");
    assertThat(launch.environment()).containsKey("TF_CPP_MIN_LOG_LEVEL");
  }

  @Test
  void shouldGiveAJavaOnlyTheOptionsThatItKnows() {
    Path temporary = Path.of("/tmp");

    assertThat(ServiceLaunch.jvmOptions(temporary, 17))
        .containsExactly(
            "-Djava.io.tmpdir=/tmp",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "-XX:+UseParallelGC");
    assertThat(ServiceLaunch.jvmOptions(temporary, 25))
        .endsWith("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
  }
}
