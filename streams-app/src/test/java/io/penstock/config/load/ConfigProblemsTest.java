package io.penstock.config.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a file is said in one line each, with the line of the file. */
final class ConfigProblemsTest {

  @TempDir private Path folder;

  private List<String> problems(UnaryOperator<String> edit) {
    return new ConfigFiles(folder).problems(edit.apply(ConfigFiles.MINIMAL));
  }

  private List<String> problemsOf(String text) {
    return problems(minimal -> text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          start-from: earliest        | ''                       | 10: pipelines.payments-fraud.start-from: missing (expected: earliest, latest or a time such as 2026-01-31T00:00:00Z)
          start-from: earliest        | start-from:              | 12: pipelines.payments-fraud.start-from: missing (expected: earliest, latest or a time such as 2026-01-31T00:00:00Z)
          start-from: earliest        | start-from: yesterday    | 12: pipelines.payments-fraud.start-from: yesterday (expected: earliest, latest or a time such as 2026-01-31T00:00:00Z)
          start-from: earliest        | start-from: [earliest]   | 12: pipelines.payments-fraud.start-from: a list (expected: earliest, latest or a time such as 2026-01-31T00:00:00Z)
          model: fraud                | model: frud              | 11: pipelines.payments-fraud.model: frud (expected: one of the models: fraud; did you mean fraud?)
          {topic: payments}           | {topic: pay ments}       | 13: pipelines.payments-fraud.input.topic: pay ments (expected: a topic name: up to 249 letters, digits, '.', '_' and '-'; not a control topic of the service)
          {topic: payments}           | {topic: scoring.audit}   | 13: pipelines.payments-fraud.input.topic: scoring.audit (expected: a topic name: up to 249 letters, digits, '.', '_' and '-'; not a control topic of the service)
          {topic: fraud-scores}       | {topic: payments}        | 14: pipelines.payments-fraud.output.topic: payments (expected: another topic than input.topic)
          {topic: fraud-dead}         | {topic: payments}        | 15: pipelines.payments-fraud.dead-letters.topic: payments (expected: another topic than input.topic)
          {topic: fraud-dead}         | {topic: fraud-scores}    | 15: pipelines.payments-fraud.dead-letters.topic: fraud-scores (expected: another topic than output.topic)
          {topic: payments}           | payments                 | 13: pipelines.payments-fraud.input: payments (expected: keys and values)
          {topic: payments}           | {topic: payments, format: avor}  | 13: pipelines.payments-fraud.input.format: avor (expected: one of the formats: avro, json, raw, tf-example; did you mean avro?)
          {topic: payments}           | {topic: payments, options: {a: b}} | 13: pipelines.payments-fraud.input.options: [a] (expected: nothing, since format avro takes no options)
          {topic: payments}           | {topic: payments, fields: {amount: .x}} | 13: pipelines.payments-fraud.input.fields.amount: .x (expected: field names with single dots between)
          {topic: fraud-scores}       | {topic: s, copy: [id, a.b as id]}   | '14: pipelines.payments-fraud.output.copy: [id, a.b as id] (expected: every name once; id twice needs: a.b as other-name)'
          {topic: fraud-scores}       | {topic: s, copy: [a..b]}   | 14: pipelines.payments-fraud.output.copy: a..b (expected: field names with single dots between)
          {topic: fraud-scores}       | {topic: s, format: raw, copy: [id]}   | 14: pipelines.payments-fraud.output.copy: [id] (expected: nothing, since a raw prediction has no fields)
          path: models/fraud          | pth: models/fraud        | 8: models.fraud.pth: unknown key (expected: path, complete-when, settle, follow-links, poll-interval, versions, transition, load-retries, load-retry-interval, promotion, native-memory, fitness; did you mean path?)
          path: models/fraud          | {path: m, settle: 5}     | 8: models.fraud.settle: 5 (expected: a time such as 5ms, 10s, 2m or PT5S, at least 1ms)
          path: models/fraud          | {path: m, complete-when: copied}     | '8: models.fraud.complete-when: copied (expected: settled | marker | manifest)'
          path: models/fraud          | {path: m, complete-when: manifest, settle: 2s} | 8: models.fraud.settle: used with complete-when: settled only (expected: nothing)
          path: models/fraud          | {path: m, marker: done}              | 8: models.fraud.marker: used with complete-when: marker only (expected: nothing)
          path: models/fraud          | {path: m, complete-when: marker, marker: a/b} | 8: models.fraud.marker: a/b (expected: a file's name)
          path: models/fraud          | {path: m, versions: {policy: all, count: 2}} | 8: models.fraud.versions.count: used with policy: latest only (expected: nothing)
          path: models/fraud          | {path: m, versions: {policy: specific}}      | 8: models.fraud.versions.numbers: missing (expected: one or more with policy: specific)
          path: models/fraud          | {path: m, versions: {numbers: [3]}}  | 8: models.fraud.versions.numbers: [3] (expected: nothing with policy: latest)
          path: models/fraud          | {path: m, versions: {policy: specific, numbers: [v3]}} | 8: models.fraud.versions.numbers: v3 (expected: a version's number, 0 or more)
          path: models/fraud          | {path: m, transition: brave}         | '8: models.fraud.transition: brave (expected: availability-preserving | resource-preserving)'
          path: models/fraud          | {path: m, versions: {count: 0}}      | 8: models.fraud.versions.count: 0 (expected: 1-100)
          path: models/fraud          | {path: m, fitness: {load-timeout: 0s}}   | '8: models.fraud.fitness.load-timeout: 0s (expected: a time such as 5ms, 10s, 2m or PT5S, at least 1000ms)'
          start-from: earliest        | start: earliest          | 12: pipelines.payments-fraud.start: unknown key (expected: model, signature, guarantee, start-from, input, output, dead-letters, threads, batch, on-model-failure, share, kafka; did you mean start-from?)
          start-from: earliest        | share: 0                 | 12: pipelines.payments-fraud.share: 0 (expected: 1-1000)
          models:                     | 'inference: {native-memory: 6}\nmodels:'      | 6: inference.native-memory: 6 (expected: unlimited, or a size such as 512MiB or 6GiB, at least 1MiB)
          models:                     | 'control: {max-staleness: 1ms}\nmodels:'         | 6: control.max-staleness: 1ms (expected: a time such as 5ms, 10s, 2m or PT5S, at least 1000ms)
          service: scoring            | service: "a b"           | 1: service: a b (expected: up to 100 letters, digits, '.', '_' and '-', as in a Kafka application.id)
          bootstrap.servers: kafka:9092 | bootstrap.servers: kafka | 3: kafka.bootstrap.servers: kafka (expected: host:port, several with commas)
          bootstrap.servers           | bootstrap.server           | 2: kafka.bootstrap.servers: missing (expected: host:port, several with commas)
          bootstrap.servers: kafka:9092 | bootstrap.servers:       | 3: kafka.bootstrap.servers: missing (expected: host:port, several with commas)
          """)
  void shouldSayWhatIsWrong(String before, String after, String problem) {
    assertThat(problems(minimal -> minimal.replace(before, after.replace("\\n", "\n"))))
        .contains("fraud.yaml:" + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          raw  | json, copy: [id]                        | output.copy: [id] (expected: nothing, since the input's format has no fields to copy)
          json | avro, copy: [id]                        | output.copy: [id] of json records have no types (to say them: output.copy-schema)
          json | 'avro, copy: [id], copy-schema: none.avsc' | 'none.avsc: java.nio.file.NoSuchFileException: none.avsc (expected: a file with an Avro schema)'
          """)
  void shouldSayWhyFieldsCannotBeCopied(String input, String output, String problem) {
    assertThat(
            problems(
                minimal ->
                    minimal
                        .replace("{topic: payments}", "{topic: payments, format: " + input + "}")
                        .replace("{topic: fraud-scores}", "{topic: s, format: " + output + "}")))
        .anyMatch(found -> found.contains(problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mode: adaptive              | 'mode: adaptive (expected: fixed | auto)'
          rows: 0                     | rows: 0 (expected: 1-65536)
          rows: 1e3                   | rows: 1e3 (expected: 1-65536)
          linger: -5ms                | linger: -5ms (expected: a time such as 5ms, 10s, 2m or PT5S)
          max-in-flight-rows: 64      | max-in-flight-rows: 64 (expected: at least 128, a batch for each of the threads: 1)
          max-in-flight-bytes: 64     | max-in-flight-bytes: 64 (expected: a size such as 512KB, 64MiB or 6GiB, at least 1MiB)
          max-in-flight-bytes: 1B     | max-in-flight-bytes: 1B (expected: a size such as 512KB, 64MiB or 6GiB, at least 1MiB)
          latency: 20ms               | latency: not used with mode: fixed, which has linger (expected: nothing)
          max-rows: 64                | max-rows: not used with mode: fixed, which has rows (expected: nothing)
          """)
  void shouldSayWhatIsWrongWithABatch(String key, String problem) {
    assertThat(problems(minimal -> minimal + "    batch:\n      " + key + "\n"))
        .containsExactly("fraud.yaml:17: pipelines.payments-fraud.batch." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rows: 64                    | rows: not used with mode: auto, which has max-rows (expected: nothing)
          linger: 1ms                 | linger: not used with mode: auto, which has latency (expected: nothing)
          latency: 0ms                | latency: 0ms (expected: a time such as 5ms, 10s, 2m or PT5S, at least 1ms)
          max-rows: 0                 | max-rows: 0 (expected: 1-65536)
          """)
  void shouldSayWhatIsWrongWithATunedBatch(String key, String problem) {
    assertThat(problems(minimal -> minimal + "    batch:\n      mode: auto\n      " + key + "\n"))
        .containsExactly("fraud.yaml:18: pipelines.payments-fraud.batch." + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          comit.interval.ms: 1        | comit.interval.ms: unknown key (expected: a key of Kafka Streams or its clients; did you mean commit.interval.ms?)
          producer.liger.ms: 1        | producer.liger.ms: unknown key (expected: a key of Kafka Streams or its clients; did you mean producer.linger.ms?)
          producer.group.id: g        | producer.group.id: set by Penstock from service and the pipeline's name
          commit.interval.ms: soon    | commit.interval.ms: soon (Not a number of type LONG)
          producer.compression.type: zap | producer.compression.type: zap (String must be one of: none, gzip, snappy, lz4, zstd)
          auto.offset.reset: latest   | auto.offset.reset: set by Penstock (use pipelines.<name>.start-from)
          main.consumer.auto.offset.reset: latest | main.consumer.auto.offset.reset: set by Penstock (use pipelines.<name>.start-from)
          processing.guarantee: at_least_once     | processing.guarantee: set by Penstock (use pipelines.<name>.guarantee)
          num.stream.threads: 4       | num.stream.threads: set by Penstock (use pipelines.<name>.threads)
          application.id: x           | application.id: set by Penstock from service and the pipeline's name
          consumer.isolation.level: x | consumer.isolation.level: set by Penstock, which reads committed records only
          enable.auto.commit: true    | enable.auto.commit: set by Penstock, which commits with the outcomes (use commit.interval.ms)
          processing.exception.handler: x | processing.exception.handler: set by Penstock (use pipelines.<name>.dead-letters.topic)
          default.deserialization.exception.handler: x | default.deserialization.exception.handler: set by Penstock (use pipelines.<name>.dead-letters.topic)
          production.exception.handler: x | production.exception.handler: set by Penstock (use pipelines.<name>.dead-letters.topic)
          errors.dead.letter.queue.topic.name: x | errors.dead.letter.queue.topic.name: set by Penstock (use pipelines.<name>.dead-letters.topic)
          errors.deadletterqueue.topic.name: x | errors.deadletterqueue.topic.name: unknown key (expected: a key of Kafka Streams or its clients; did you mean errors.dead.letter.queue.topic.name?)
          group.protocol: streams     | group.protocol: streams (not supported yet; expected: classic)
          main.consumer.group.protocol: consumer | main.consumer.group.protocol: consumer (not supported yet; expected: classic)
          default.key.serde: x        | default.key.serde: set by Penstock, which reads and writes bytes
          bootstrap.servers: other:1  | bootstrap.servers: inputs and outputs live in one cluster (use kafka.bootstrap.servers)
          """)
  void shouldKnowKafkasKeys(String key, String problem) {
    assertThat(problems(minimal -> minimal + "    kafka:\n      " + key + "\n"))
        .containsExactly("fraud.yaml:17: pipelines.payments-fraud.kafka." + problem);
  }

  @Test
  void shouldAskForBothOrNeitherOfAKeystoreAndItsPassword() {
    assertThat(problemsOf(ConfigFiles.MINIMAL + "http: {tls: {keystore: a.p12}}\n"))
        .containsExactly(
            "fraud.yaml:16: http.tls.keystore-password: missing (expected: beside keystore)");
    assertThat(problemsOf(ConfigFiles.MINIMAL + "http: {tls: {keystore-password: planted}}\n"))
        .containsExactly(
            "fraud.yaml:16: http.tls.keystore: missing (expected: beside keystore-password)");
  }

  @Test
  void shouldAskForAnAddressBesideTheRestOfGrpc() {
    assertThat(
            problemsOf(
                ConfigFiles.MINIMAL
                    + "requests: {grpc: {tls: {keystore: a.p12, keystore-password: planted}}}\n"))
        .singleElement()
        .asString()
        .contains("requests.grpc.listen: missing (expected: an address such as 127.0.0.1:8500");
    assertThat(
            problemsOf(
                ConfigFiles.MINIMAL
                    + "requests: {grpc: {listen: \"127.0.0.1:8500\","
                    + " tls: {truststore: a.p12, truststore-password: planted}}}\n"))
        .singleElement()
        .asString()
        .contains("requests.grpc.tls.truststore: without a certificate of the server");
  }

  @Test
  void shouldPassAPlugInsKeysOnWithAWarning() {
    String text =
        ConfigFiles.MINIMAL.replace(
            "bootstrap.servers: kafka:9092\n",
            "bootstrap.servers: kafka:9092\n"
                + "  audit.sampling: 7\n"
                + "  producer.audit.password: secret\n");

    EffectiveConfig effective = new ConfigFiles(folder).load(text);

    assertThat(effective.config().kafka())
        .containsEntry("audit.sampling", "7")
        .containsEntry("producer.audit.password", "secret");
    assertThat(effective.warnings())
        .extracting(warning -> warning.replace(folder + "/", ""))
        .containsExactly(
            "fraud.yaml:4: kafka.audit.sampling: no key of Kafka's own; passed on for plug-ins to"
                + " read",
            "fraud.yaml:5: kafka.producer.audit.password: no key of Kafka's own; passed on for"
                + " plug-ins to read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          auto.register.schemas: maybe | .auto.register.schemas: maybe (expected: true or false)
          max.retries: ${env:PLANTED}  | .max.retries: ******** (expected: a whole number from 0 to 2147483647)
          proxy.host: p                | : proxy.host is a key of Confluent's client that Penstock's own does not support: remove it
          basic.auth.user.info: u      | : basic.auth.user.info is missing or has no colon (expected: user:password)
          """)
  void shouldKnowTheRegistrysKeys(String key, String problem) {
    String text = ConfigFiles.MINIMAL.replace("registry:8081\n", "registry:8081\n  " + key + "\n");

    assertThat(new ConfigFiles(folder).problems(text, Map.of("PLANTED", "planted")))
        .containsExactly("fraud.yaml:6: registry" + problem);
  }

  @Test
  void shouldNeedTimeToCommitATransactionIn() {
    String slow = ConfigFiles.MINIMAL + "    kafka: {commit.interval.ms: 6000}\n";
    String raised = slow.replace("6000", "6000, producer.transaction.timeout.ms: 12000");
    String atLeastOnce = slow.replace("    kafka:", "    guarantee: at_least_once\n    kafka:");

    assertThat(problemsOf(slow))
        .singleElement()
        .asString()
        .contains(
            "pipelines.payments-fraud: commit.interval.ms: 6000 (expected: at most half of"
                + " transaction.timeout.ms: 10000");
    assertThat(problemsOf(raised)).isEmpty();
    assertThat(problemsOf(atLeastOnce)).isEmpty();
  }

  @Test
  void shouldNeedARegistryWhereSomethingIsInAvroOnly() {
    String without =
        ConfigFiles.MINIMAL.replace("registry:\n  schema.registry.url: http://registry:8081\n", "");
    String json =
        without
            .replace("{topic: payments}", "{topic: payments, format: json}")
            .replace("{topic: fraud-scores}", "{topic: fraud-scores, format: raw}");

    assertThat(problemsOf(without))
        .containsExactly(
            "fraud.yaml:1: registry: missing (expected: schema.registry.url, since"
                + " pipelines.payments-fraud reads or writes Avro; see its input.format,"
                + " output.format and dead-letters.format)");
    assertThat(problemsOf(json)).isEmpty();
    assertThat(problemsOf(json.replace("{topic: fraud-dead}", "{topic: d, format: avro}")))
        .hasSize(1);
  }

  @Test
  void shouldReportEveryProblemInTheOrderOfTheFile() {
    List<String> problems =
        problemsOf(
            """
            servce: scoring
            kafka: {comit.interval.ms: 1}
            registry: {schema.registry.url: "http://r"}
            models:
              fraud: {pth: x, settle: soon}
            pipelines:
              p:
                model: frud
                batch: {rows: many, linger: long}
            http: {listen: nowhere}
            """);

    assertThat(problems)
        .extracting(problem -> String.join(" ", List.of(problem.split(" ")).subList(0, 2)))
        .containsExactly(
            "fraud.yaml:1: service:",
            "fraud.yaml:1: servce:",
            "fraud.yaml:2: kafka.bootstrap.servers:",
            "fraud.yaml:2: kafka.comit.interval.ms:",
            "fraud.yaml:5: models.fraud.path:",
            "fraud.yaml:5: models.fraud.settle:",
            "fraud.yaml:5: models.fraud.pth:",
            "fraud.yaml:7: pipelines.p.start-from:",
            "fraud.yaml:7: pipelines.p.input.topic:",
            "fraud.yaml:7: pipelines.p.output.topic:",
            "fraud.yaml:7: pipelines.p.dead-letters.topic:",
            "fraud.yaml:8: pipelines.p.model:",
            "fraud.yaml:9: pipelines.p.batch.rows:",
            "fraud.yaml:9: pipelines.p.batch.linger:",
            "fraud.yaml:10: http.listen:");
  }

  @Test
  void shouldKeepTextsThatYamlWouldTurnIntoSomethingElse() {
    var config =
        new ConfigFiles(folder)
            .load(ConfigFiles.MINIMAL.replace("{topic: payments}", "{topic: NO, fields: {x: 010}}"))
            .config();

    var input = config.pipeline("payments-fraud").input();
    assertThat(input.topic()).isEqualTo("NO");
    assertThat(input.fields()).containsEntry("x", List.of("010"));
  }

  @Test
  void shouldRefuseAKeyThatIsThereTwice() {
    assertThat(problems(minimal -> minimal + "service: other\n"))
        .containsExactly(
            "fraud.yaml:16: service: a second time (expected: once; first: fraud.yaml:1)");
  }

  @Test
  void shouldRefuseAnAliasAndASecondDocument() {
    assertThat(
            problems(
                minimal -> minimal.replace("path: models/fraud", "path: &p x\n    settle: *p")))
        .contains(
            "fraud.yaml:9: models.fraud.settle: an alias (expected: a value; aliases are not"
                + " supported)");
    assertThat(problems(minimal -> minimal + "---\nservice: b\n"))
        .containsExactly("fraud.yaml:17: a second document (expected: one)");
  }

  @Test
  void shouldRefuseWhatIsNoConfiguration() {
    assertThat(problemsOf("- a\n- b\n"))
        .containsExactly("fraud.yaml:1: a list (expected: keys such as service and kafka)");
    assertThat(problemsOf("service: [a\nkafka: }"))
        .singleElement()
        .asString()
        .startsWith("fraud.yaml:2: not YAML: ")
        .doesNotContain("\n");
    assertThat(problemsOf("")).contains("fraud.yaml:1: models: missing (expected: at least one)");
  }

  @Test
  void shouldDoWithoutPipelinesOnlyWhereRequestsAreAnswered() {
    String requestsOnly =
        "service: s\nkafka: {bootstrap.servers: \"k:9092\"}\nmodels: {m: {path: m}}\n";

    assertThat(new ConfigFiles(folder).load(requestsOnly).config().pipelines()).isEmpty();
    assertThat(problemsOf(requestsOnly + "requests: {rest: none}\n"))
        .containsExactly(
            "fraud.yaml:1: pipelines: missing (expected: at least one, or requests.rest or"
                + " requests.grpc, since the service would have nothing to do)");
    assertThat(
            new ConfigFiles(folder)
                .load(requestsOnly + "requests: {rest: none, grpc: {listen: \"127.0.0.1:8500\"}}\n")
                .config()
                .answersRequests())
        .isTrue();
    assertThat(problemsOf(requestsOnly + "http: {listen: \"0.0.0.0:80\"}\n"))
        .singleElement()
        .asString()
        .contains("pipelines: missing");
  }

  @Test
  void shouldRefuseAFileThatIsNotThereOrNotText() throws Exception {
    ConfigLoader loader = new ConfigLoader(Map.of(), 1, 1L << 30);
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xC3, 0x28});

    assertThatThrownBy(() -> loader.load(folder.resolve("absent.yaml")))
        .hasMessageEndingWith(
            "absent.yaml: no such file (expected: a configuration file; see --config)");
    assertThatThrownBy(() -> loader.load(binary))
        .hasMessageEndingWith("binary.yaml: not UTF-8 (expected: a YAML file)");
    assertThatThrownBy(() -> loader.load(folder)).hasMessageContaining("cannot be read");
  }
}
