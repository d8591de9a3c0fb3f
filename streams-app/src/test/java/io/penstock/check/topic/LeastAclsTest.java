package io.penstock.check.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeastAclsTest {

  @TempDir private Path folder;

  @Test
  void shouldLetAnInstanceDoItsWorkAndNoMore() throws IOException {
    assertThat(LeastAcls.of(config(), LeastAcls.Role.INSTANCE))
        .containsExactly(
            "--operation Read --operation Describe --topic payments",
            "--operation Write --operation Describe --operation DescribeConfigs --topic scores",
            "--operation Write --operation Describe --operation DescribeConfigs --topic dead",
            "--operation Read --operation Describe --group scoring-fraud",
            "--operation Write --operation Describe --transactional-id scoring-fraud-"
                + " --resource-pattern-type prefixed",
            "--operation Read --operation Write --operation Describe --topic scoring.reports",
            "--operation Read --operation Write --operation Describe --operation DescribeConfigs"
                + " --topic scoring.control",
            "--operation Read --operation Write --operation Describe --operation DescribeConfigs"
                + " --topic scoring.decisions",
            "--operation Write --operation Describe --operation DescribeConfigs --topic"
                + " scoring.audit",
            "--operation Read --operation Describe --group scoring-controller",
            "--operation Write --operation Describe --transactional-id scoring-controller");
  }

  /** It keeps which topic it has begun with in a group of its own. */
  @Test
  void shouldNeedOneGroupMoreWhereAPipelineMayPassOverRecords() throws IOException {
    assertThat(LeastAcls.of(config("guarantee: at_least_once", "latest"), LeastAcls.Role.INSTANCE))
        .contains("--operation Read --operation Describe --group scoring-fraud:input");
  }

  @Test
  void shouldLetAnOperatorSendCommandsAndAViewerOnlyLook() throws IOException {
    assertThat(LeastAcls.of(config(), LeastAcls.Role.OPERATOR))
        .contains("--operation Write --operation Read --operation Describe --topic scoring.control")
        .noneMatch(grant -> grant.contains("Write") && !grant.contains("scoring.control"));
    assertThat(LeastAcls.of(config(), LeastAcls.Role.VIEWER))
        .contains(
            "--operation Read --operation Describe --topic scoring.audit",
            "--operation Describe --group scoring-fraud")
        .noneMatch(grant -> grant.contains("Write"));
  }

  /** Also under at_least_once, where an instance needs no transactional ids. */
  @Test
  void shouldLetAReplayerSendRecordsAgainAndReadWhatServedThem() throws IOException {
    assertThat(LeastAcls.of(config("guarantee: at_least_once"), LeastAcls.Role.REPLAYER))
        .containsExactly(
            "--operation Read --operation Write --operation Describe --topic payments",
            "--operation Read --operation Describe --topic dead",
            "--operation Write --operation Describe --transactional-id scoring-fraud-replay"
                + " --resource-pattern-type prefixed",
            "--operation Read --operation Describe --topic scoring.decisions",
            "--operation Read --operation Describe --topic scoring.audit",
            "--operation Describe --topic scoring.control",
            "--operation Describe --topic scoring.reports");
  }

  private PenstockConfig config() throws IOException {
    return config("guarantee: exactly_once_v2");
  }

  private PenstockConfig config(String guarantee) throws IOException {
    return config(guarantee, "earliest");
  }

  private PenstockConfig config(String guarantee, String startFrom) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("penstock.yaml"),
            """
            service: scoring
            kafka: {bootstrap.servers: "127.0.0.1:1"}
            registry: {schema.registry.url: "http://127.0.0.1:1"}
            models:
              m: {path: m}
            pipelines:
              fraud:
                model: m
                start-from: %s
                input: {topic: payments}
                output: {topic: scores}
                dead-letters: {topic: dead}
                %s
            """
                .formatted(startFrom, guarantee));
    return new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config();
  }
}
