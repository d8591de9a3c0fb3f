package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import io.penstock.check.Verdict;
import io.penstock.check.topic.KafkaCheck;
import io.penstock.config.PenstockConfig;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.SecureDoor;
import io.penstock.testkit.SecureStack;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that allows nothing by itself, and a registry that lets in one visitor only. */
class SecurityIT {

  private static final String SERVICE = "guarded";
  private static final String USER_INFO = "penstock:planted-user-info";

  /** A line that {@code penstock acls} prints. */
  private static final Pattern PRINTED =
      Pattern.compile(
          "kafka-acls .* --allow-principal (\\S+) (.*) --(topic|group|transactional-id) (\\S+)(.*)");

  private static final Pattern OPERATION = Pattern.compile("--operation (\\S+)");

  private static final Schema SCHEMA =
      Workbench.schema(
          """
          {"type": "record", "name": "Review", "namespace": "io.penstock.service",
           "fields": [{"name": "tokens", "type": {"type": "array", "items": "long"}}]}
          """);

  @TempDir private static Path folder;

  private static SecureStack stack;
  private static SecureDoor door;
  private static Workbench bench;
  private static CommittedRecords records;

  @BeforeAll
  static void setUp() {
    stack = SecureStack.open(folder);
    door =
        new SecureDoor(
            stack.registryUrl(), stack.broker(), stack.client(), USER_INFO, stack.identities());
    bench = new Workbench(folder, stack);
    records = new CommittedRecords(stack.bootstrapServers());
    bench.createControlTopics(SERVICE);
    bench.createTopics(1, "reviews", "sentiments", "dead");
  }

  @AfterAll
  static void tearDown() {
    records.close();
    door.close();
    bench.close();
  }

  @Test
  void shouldServeWithTheLeastAccessThatItPrints() throws Exception {
    // given
    Path file = Files.writeString(folder.resolve("guarded.yaml"), config(scram()));
    try (Admin admin = stack.admin()) {
      admin.createAcls(printed(file, SecureStack.USER)).all().get();
    }
    int schemaId = bench.registry().register("reviews-value", SCHEMA);
    GenericData.Record review = new GenericData.Record(SCHEMA);
    review.put("tokens", List.of(1L, 2L));
    bench.send(new ProducerRecord<>("reviews", Workbench.framed(schemaId, review)));
    bench.send(new ProducerRecord<>("reviews", new byte[] {1, 2, 3}));
    // when
    try (ServiceUnderTest service = ServiceUnderTest.start(file, folder, SERVICE)) {
      // then
      records.await("sentiments", 1);
      records.await("dead", 1);
      service.awaitReady();
      assertThat(service.terminate()).isZero();
      assertThat(service.wholeLog()).doesNotContain("planted");
    }
  }

  @Test
  void shouldServeWithTokensOfAnIdentityProvider() throws Exception {
    // given
    Path file =
        Files.writeString(
            folder.resolve("tokens.yaml"),
            config(stack.oauth(SecureStack.PASSWORD), registryTokens(SecureStack.PASSWORD)));
    try (Admin admin = stack.admin()) {
      admin.createAcls(printed(file, SecureStack.USER)).all().get();
    }
    int schemaId = bench.registry().register("reviews-value", SCHEMA);
    GenericData.Record review = new GenericData.Record(SCHEMA);
    review.put("tokens", List.of(3L));
    int before = records.list("sentiments").size();
    int tokens = stack.identities().tokens();
    // when
    try (ServiceUnderTest service = ServiceUnderTest.start(file, folder, "tokens")) {
      service.awaitReady();
      bench.send(new ProducerRecord<>("reviews", Workbench.framed(schemaId, review)));
      // then
      records.await("sentiments", before + 1);
      assertThat(stack.identities().tokens()).isGreaterThan(tokens);
      assertThat(service.terminate()).isZero();
      assertThat(service.wholeLog()).doesNotContain("planted");
    }
  }

  @Test
  void shouldSayThatTheIdentityProviderRefuses() throws Exception {
    Penstock.Ended check = check("refused", config(stack.oauth("mistaken-secret")));

    assertThat(check.exitCode()).isOne();
    assertThat(check.output().lines())
        .anyMatch(line -> line.matches("FAILED +broker: .*invalid_client.*"));
  }

  @Test
  void shouldSayThatTheRegistrysTokenIsRefused() throws Exception {
    Penstock.Ended check =
        check("refused-registry", config(scram(), registryTokens("mistaken-secret")));

    assertThat(check.exitCode()).isOne();
    assertThat(check.output().lines())
        .anyMatch(
            line ->
                line.matches(
                    "FAILED +registry: Identity provider .* answered 401 .*invalid_client.*"
                        + "bearer.auth.client.secret.*"));
    assertThat(check.output()).doesNotContain("mistaken-secret");
  }

  private static Penstock.Ended check(String name, String config) throws Exception {
    Path file = Files.writeString(folder.resolve(name + ".yaml"), config);
    return Penstock.run(
        60,
        folder.resolve(name + ".log"),
        Map.of(),
        "config",
        "check",
        "--config",
        file.toString());
  }

  @Test
  void shouldSayWhichAccessIsMissing() throws Exception {
    // given: the same for somebody with a certificate, and groups that are known to the broker
    PenstockConfig config = Configs.of(config(stack.mutualTls()));
    Path file = Files.writeString(folder.resolve("certified.yaml"), config(stack.mutualTls()));
    List<AclBinding> needed = printed(file, "CN=" + SecureStack.USER);
    try (Admin admin = stack.admin()) {
      for (String group :
          List.of(SERVICE + "-feelings", SERVICE + "-feelings:input", SERVICE + "-controller")) {
        Await.until("group " + group, 30, () -> knows(admin, group));
      }
      admin.createAcls(needed).all().get();
      Await.until("all is allowed", 30, () -> denied(config).isEmpty());
      for (AclBinding missing : needed) {
        if (canBeSeen(missing, needed)) {
          // when
          admin.deleteAcls(List.of(missing.toFilter())).all().get();
          // then
          String resource = missing.pattern().name();
          String operation = missing.entry().operation().name();
          AtomicReference<List<String>> last = new AtomicReference<>(List.of());
          Await.until(
              () -> missing + ", in: " + last.get(),
              30,
              () -> {
                last.set(denied(config));
                return last.get().stream()
                    .anyMatch(it -> it.contains(resource) && it.contains(operation));
              });
          admin.createAcls(List.of(missing)).all().get();
          Await.until("all is allowed", 30, () -> denied(config).isEmpty());
        }
      }
    }
  }

  /** The one thing that no check can ask the broker about. */
  @Test
  void shouldSayThatATransactionalIdMayNotBeUsed() throws Exception {
    Path file = Files.writeString(folder.resolve("untransacted.yaml"), config(scram()));
    List<AclBinding> needed = printed(file, SecureStack.USER);
    AclBinding missing =
        needed.stream()
            .filter(acl -> acl.pattern().patternType() == PatternType.PREFIXED)
            .filter(acl -> acl.pattern().resourceType() == ResourceType.TRANSACTIONAL_ID)
            .filter(acl -> acl.entry().operation() == AclOperation.WRITE)
            .findFirst()
            .orElseThrow();
    try (Admin admin = stack.admin()) {
      admin.createAcls(needed).all().get();
      admin.deleteAcls(List.of(missing.toFilter())).all().get();
      try (ServiceUnderTest service = ServiceUnderTest.start(file, folder, "untransacted")) {
        bench.send(new ProducerRecord<>("reviews", new byte[] {1, 2, 3}));

        Await.until(() -> "its end:\n" + service.log(), 60, () -> !service.isAlive());
        assertThat(service.exitCode()).isOne();
        assertThat(service.wholeLog())
            .contains("pipeline halted", "Write on the transactional ids that begin with");
      } finally {
        admin.createAcls(List.of(missing)).all().get();
      }
    }
  }

  @Test
  void shouldReachTheBrokerInEachWay() {
    for (Map<String, String> way :
        List.of(scram(), stack.sasl("PLAIN", SecureStack.PASSWORD), stack.mutualTls())) {
      assertThat(broker(way)).as(way.toString()).matches("OK .* with 1 broker at .*");
    }
  }

  @Test
  void shouldSayThatAPasswordIsWrong() {
    assertThat(broker(stack.sasl("SCRAM-SHA-512", "mistaken-secret")))
        .startsWith("FAILED")
        .contains("invalid credentials")
        .doesNotContain("mistaken-secret");
  }

  /** Read and Write imply Describe; of a transactional id only that it may be described is told. */
  private static boolean canBeSeen(AclBinding acl, Collection<AclBinding> all) {
    boolean describe = acl.entry().operation() == AclOperation.DESCRIBE;
    boolean implied =
        all.stream()
            .filter(other -> other.pattern().equals(acl.pattern()))
            .anyMatch(
                other ->
                    Set.of(AclOperation.READ, AclOperation.WRITE)
                        .contains(other.entry().operation()));
    boolean transactional = acl.pattern().resourceType() == ResourceType.TRANSACTIONAL_ID;
    return !transactional && !(describe && implied);
  }

  private static boolean knows(Admin admin, String group) {
    try {
      admin
          .alterConsumerGroupOffsets(
              group, Map.of(new TopicPartition("reviews", 0), new OffsetAndMetadata(0)))
          .all()
          .get();
      return true;
    } catch (java.util.concurrent.ExecutionException e) {
      // Its coordinator is on its way, or its members are: these are known then.
      return String.valueOf(e.getCause()).contains("UnknownMemberId");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static List<String> denied(PenstockConfig config) {
    return new KafkaCheck(config, "guarded.yaml")
        .verdicts().stream()
            .filter(verdict -> verdict.level() == Verdict.Level.FAILED)
            .map(Verdict::toString)
            .toList();
  }

  private static String broker(Map<String, String> way) {
    return new KafkaCheck(Configs.of(config(way)), "guarded.yaml").verdicts().get(0).toString();
  }

  private static Map<String, String> scram() {
    return stack.sasl("SCRAM-SHA-512", SecureStack.PASSWORD);
  }

  /** What the command prints for an instance, as the broker takes it. */
  private static List<AclBinding> printed(Path file, String user) {
    Penstock.Ended acls =
        Penstock.run(
            60,
            folder.resolve(user + "-acls.log"),
            Map.of(),
            "acls",
            "--config",
            file.toString(),
            "--role",
            "instance",
            "--principal",
            "User:" + user);
    assertThat(acls.exitCode()).as(acls.output()).isZero();
    List<AclBinding> bindings = new ArrayList<>();
    acls.output()
        .lines()
        .map(PRINTED::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                OPERATION
                    .matcher(line.group(2))
                    .results()
                    .map(operation -> binding(line, operation.group(1)))
                    .forEach(bindings::add));
    assertThat(bindings).hasSizeGreaterThan(15);
    return bindings;
  }

  private static AclBinding binding(Matcher line, String operation) {
    return new AclBinding(
        new ResourcePattern(
            ResourceType.fromString(line.group(3).replace('-', '_')),
            line.group(4),
            line.group(5).contains("prefixed") ? PatternType.PREFIXED : PatternType.LITERAL),
        new AccessControlEntry(
            line.group(1),
            "*",
            AclOperation.fromString(operation.replaceAll("(?<=[a-z])(?=[A-Z])", "_")),
            AclPermissionType.ALLOW));
  }

  /** What the registry is told of who asks, in place of a password. */
  private static Map<String, String> registryTokens(String secret) {
    return Map.of(
        "bearer.auth.credentials.source",
        "OAUTHBEARER",
        "bearer.auth.issuer.endpoint.url",
        stack.identities().tokenUrl(),
        "bearer.auth.client.id",
        SecureStack.USER,
        "bearer.auth.client.secret",
        secret,
        "bearer.auth.scope",
        "registry");
  }

  private static String config(Map<String, String> kafka) {
    return config(
        kafka,
        Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", USER_INFO));
  }

  private static String keys(Map<String, String> section) {
    return section.entrySet().stream()
        .map(entry -> "  %s: '%s'".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String config(Map<String, String> kafka, Map<String, String> registryAccess) {
    return """
    service: %s
    kafka:
    %s
    registry:
      schema.registry.url: %s
    %s
      ssl.truststore.location: %s
      ssl.truststore.password: %s
      ssl.keystore.location: %s
      ssl.keystore.password: %s
      ssl.key.password: %s
      auto.register.schemas: true
    models:
      reviews: {path: "%s", settle: 300ms, poll-interval: 100ms}
    pipelines:
      feelings:
        model: reviews
        start-from: "2026-01-01T00:00:00Z"
        input: {topic: reviews, format: avro}
        output: {topic: sentiments, format: avro}
        dead-letters: {topic: dead}
    """
        .formatted(
            SERVICE,
            keys(kafka),
            door.url(),
            keys(registryAccess),
            stack.client().trusting(stack.broker()),
            SecureStack.PASSWORD,
            stack.client().keystore(),
            SecureStack.PASSWORD,
            SecureStack.PASSWORD,
            model());
  }

  private static Path model() {
    Path base = folder.resolve("models/reviews");
    return Files.exists(base) ? base : bench.installVersion("reviews", 1);
  }
}
