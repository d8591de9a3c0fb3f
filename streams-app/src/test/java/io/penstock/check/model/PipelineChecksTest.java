package io.penstock.check.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Check;
import io.penstock.check.Configs;
import io.penstock.check.Examples;
import io.penstock.check.Verdict;
import io.penstock.config.PenstockConfig;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signature and fields of a pipeline over the versions of its model. */
final class PipelineChecksTest {

  @TempDir private Path folder;

  @BeforeEach
  void installVersion() throws IOException {
    Examples.install("digits", 1, folder.resolve("1"));
  }

  @Test
  void shouldAcceptWhatFits() {
    CheckedPipeline pipeline = pipeline("serving_default", "{pixels: image.pixels}");

    assertThat(lines(new SignatureCheck(pipeline)))
        .singleElement()
        .asString()
        .startsWith(
            "OK       pipeline p: digits/1 has signature serving_default: [pixels: float32[-1,64]]"
                + " -> [");
    assertThat(lines(new MappingCheck(pipeline)))
        .containsExactly("OK       pipeline p: fields fit: pixels from image.pixels");
  }

  @Test
  void shouldNameTheSignaturesThatThereAre() {
    CheckedPipeline pipeline = pipeline("classify", "{}");

    assertThat(lines(new SignatureCheck(pipeline)))
        .containsExactly(
            "FAILED   pipeline p: digits/1 has no signature classify (expected: one of"
                + " [serving_default]). Configure one that it has, or export the model with it."
                + " (key: pipelines.p.signature)");
    assertThat(lines(new MappingCheck(pipeline))).isEmpty();
  }

  @Test
  void shouldOnlyWarnWhereAnOlderVersionCanBeServed() throws IOException {
    Files.writeString(
        Files.createDirectory(folder.resolve("2")).resolve("saved_model.pb"), "no model");
    CheckedPipeline pipeline = pipeline("serving_default", "{}");

    assertThat(lines(new SignatureCheck(pipeline)))
        .singleElement()
        .asString()
        .startsWith("WARNING  pipeline p: digits/2 could not be loaded from ")
        .endsWith(" Versions [1] have it and can be promoted (key: pipelines.p.signature)");
    assertThat(lines(new MappingCheck(pipeline)))
        .containsExactly("OK       pipeline p: fields fit: pixels from pixels");
  }

  @Test
  void shouldWarnOfAModelWithoutVersions() {
    CheckedPipeline pipeline =
        new CheckedPipeline(
            "p", config("serving_default", "{}").pipeline("p"), folder(folder.resolve("absent")));

    assertThat(lines(new SignatureCheck(pipeline)))
        .containsExactly(
            "WARNING  pipeline p: signature and fields not checked: model digits has no version"
                + " yet");
    assertThat(lines(new MappingCheck(pipeline))).isEmpty();
  }

  @Test
  void shouldRefuseFieldsOfAnInputThatTheSignatureLacks() {
    assertThat(lines(new MappingCheck(pipeline("serving_default", "{image: pixels}"))))
        .singleElement()
        .asString()
        .startsWith(
            "FAILED   pipeline p: digits/1: fields.image is no input of signature serving_default"
                + " (expected: one of [pixels: float32[-1,64]]) (")
        .containsPattern("\\.yaml:\\d+\\) \\(key: pipelines\\.p\\.input\\.fields\\)$");
  }

  @Test
  void shouldRefuseMoreOrFewerFieldsThanARowHasElements() {
    assertThat(lines(new MappingCheck(pipeline("serving_default", "{pixels: [a, b]}"))))
        .singleElement()
        .asString()
        .startsWith("FAILED   pipeline p: digits/1: fields.pixels lists 2 fields [a, b] for input")
        .contains("pixels: float32[-1,64]");
  }

  @Test
  void shouldRefusePaddingThatDoesNotFitTheSignature() {
    PenstockConfig config = config("serving_default", "{}", "{padding: {pixels: 0}}");
    CheckedPipeline pipeline = new CheckedPipeline("p", config.pipeline("p"), folder(folder));

    assertThat(lines(new MappingCheck(pipeline)))
        .containsExactly(
            "FAILED   pipeline p: digits/1: pipelines.p.batch.padding.pixels: input pixels:"
                + " float32[-1,64] of signature serving_default has rows of fixed size (expected:"
                + " an input with an open dimension, -1, behind the first)");
  }

  private CheckedPipeline pipeline(String signature, String fields) {
    return new CheckedPipeline("p", config(signature, fields).pipeline("p"), folder(folder));
  }

  private static ModelFolder folder(Path basePath) {
    return new ModelFolder(
        "digits", basePath, new Completeness.Settled(Duration.ZERO), Links.INSIDE);
  }

  private PenstockConfig config(String signature, String fields) {
    return config(signature, fields, "{}");
  }

  private PenstockConfig config(String signature, String fields, String batch) {
    return Configs.of(
        """
        service: scoring
        kafka: {bootstrap.servers: "kafka:9092"}
        registry: {schema.registry.url: "http://registry:8081"}
        models: {digits: {path: "%s"}}
        pipelines:
          p:
            model: digits
            signature: %s
            start-from: earliest
            input: {topic: images, fields: %s}
            output: {topic: digits}
            dead-letters: {topic: dead}
            batch: %s
        """
            .formatted(folder, signature, fields, batch));
  }

  private static List<String> lines(Check check) {
    return check.verdicts().stream().map(Verdict::toString).toList();
  }
}
