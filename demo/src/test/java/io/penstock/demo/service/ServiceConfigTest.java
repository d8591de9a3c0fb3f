package io.penstock.demo.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServiceConfigTest {

  @Test
  void shouldBeAConfigurationOfTheService() {
    String yaml =
        new ServiceConfig(
                Map.of("bootstrap.servers", "127.0.0.1:1"),
                "http://127.0.0.1:2/apis",
                Path.of("/models \"x\""),
                3)
            .yaml();

    assertThat(yaml)
        .isEqualTo(
            """
            service: demo
            kafka:
              bootstrap.servers: '127.0.0.1:1'
            registry:
              schema.registry.url: http://127.0.0.1:2/apis
              auto.register.schemas: true
            models:
              digits:
                path: "/models \\"x\\""
                complete-when: settled
                settle: 1s
                versions: {policy: latest, count: 2}
                promotion: manual
            pipelines:
              digits:
                model: digits
                guarantee: exactly_once_v2
                start-from: earliest
                input: {topic: digits, format: avro, fields: {pixels: pixels}}
                output: {topic: digit-predictions, format: avro}
                dead-letters: {topic: digits-dead}
                kafka: {commit.interval.ms: 100}
            http: {listen: "127.0.0.1:3"}
            """);
  }
}
