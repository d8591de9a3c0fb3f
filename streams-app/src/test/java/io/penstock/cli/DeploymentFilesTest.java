package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigLoader;
import io.penstock.metrics.Metric;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files for Docker, Kubernetes, Prometheus and Grafana name is there. */
final class DeploymentFilesTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  /** A metric of Penstock's own, and what it is narrowed by. */
  private static final Pattern SELECTED = Pattern.compile("(penstock_[a-z_]+)(?:\\{([^}]*)})?");

  private static final Pattern LABEL = Pattern.compile("([a-z_]+) *(?:=~|!~|!=|=)");

  /** By or without: a sum has these labels. */
  private static final Pattern GROUPED = Pattern.compile("by \\(([^)]*)\\)");

  private static final Pattern USED = Pattern.compile("(?:uses: |go install )(\\S+)");

  /** The oldest that have taken the files. */
  private static final Version PROMTOOL = new Version(2, 42);

  private static final Version COMPOSE = new Version(1, 29);

  private final Path root =
      Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
          .filter(folder -> Files.isDirectory(folder.resolve("examples")))
          .findFirst()
          .orElseThrow();

  @TempDir private Path folder;

  @Test
  void shouldMountWhatThereIsIntoContainers() throws IOException {
    for (JsonNode service : compose()) {
      for (JsonNode volume : service.path("volumes")) {
        assertThat(root.resolve(volume.asText().split(":", -1)[0])).exists();
      }
    }
  }

  @Test
  void shouldRunCommandsThatThereAreOnConfigurationsThatLoad() throws IOException {
    int containers = 0;
    for (JsonNode service : compose()) {
      if (service.path("image").asText().equals("penstock")) {
        List<String> command = texts(service.path("command"));
        assertIsACommand(command);
        Map<String, String> environment = new HashMap<>();
        service
            .path("environment")
            .properties()
            .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
        String config = command.get(command.indexOf("--config") + 1);
        assertThat(load(onThisMachine(config, service.path("volumes")), environment).pipelines())
            .isNotEmpty();
        containers++;
      }
    }
    assertThat(containers).isEqualTo(2);
  }

  private Path onThisMachine(String file, JsonNode volumes) {
    return texts(volumes).stream()
        .map(volume -> volume.split(":", -1))
        .filter(volume -> file.startsWith(volume[1]))
        .map(volume -> root.resolve(volume[0] + file.substring(volume[1].length())))
        .findFirst()
        .orElseThrow();
  }

  /** What a moving name stands for tomorrow is not what was tried today. */
  @Test
  void shouldNameVersionsOfWhatOthersMake() throws IOException {
    String workflow = Files.readString(root.resolve(".github/workflows/build.yml"));
    List<String> images = new ArrayList<>();
    compose().forEach(service -> images.add(service.path("image").asText("penstock")));

    assertThat(workflow).doesNotContain("@latest");
    assertThat(USED.matcher(workflow).results().map(use -> use.group(1)))
        .isNotEmpty()
        .allMatch(use -> use.matches(".*@v\\d+\\.\\d+\\.\\d+"));
    assertThat(images)
        .allMatch(image -> image.equals("penstock") || image.matches(".*:v?\\d+\\.\\d+\\.\\d+"));
  }

  @Test
  void shouldBuildAnImageOfWhatThereIs() throws IOException {
    String dockerfile = Files.readString(root.resolve("Dockerfile"));

    assertThat(dockerfile).contains("source=/src/examples/digits,");
    assertThat(dockerfile).contains("model inspect /examples/digits --run zeros");
    assertIsACommand(List.of("model", "inspect", "--run"));
    assertThat(root.resolve("examples/digits")).isDirectory();
  }

  @Test
  void shouldDescribeADeploymentThatServesItsConfiguration() throws IOException {
    Map<String, JsonNode> kinds = new HashMap<>();
    for (String file : texts(yaml("deploy/kubernetes/kustomization.yaml").path("resources"))) {
      for (JsonNode document : documents("deploy/kubernetes/" + file)) {
        kinds.put(document.path("kind").asText(), document);
      }
    }
    JsonNode pod = kinds.get("Deployment").at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    String yaml = kinds.get("ConfigMap").at("/data/penstock.yaml").asText();
    Path file =
        Files.writeString(
            folder.resolve("penstock.yaml"), yaml.replaceAll("\\$\\{directory:[^}]*}", "secret"));
    PenstockConfig config = load(file, Map.of());

    assertIsACommand(texts(container.path("args")));
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThanOrEqualTo(90);
    Set<String> paths = new HashSet<>();
    openApi().path("paths").fieldNames().forEachRemaining(paths::add);
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(paths).contains(container.at("/" + probe + "/httpGet/path").asText());
    }
    JsonNode scaler = kinds.get("ScaledObject").at("/spec/triggers/0/metadata");
    String pipeline = config.pipelines().keySet().iterator().next();
    assertThat(scaler.path("consumerGroup").asText()).isEqualTo(config.applicationId(pipeline));
    assertThat(scaler.path("topic").asText()).isEqualTo(config.pipeline(pipeline).input().topic());
    Set<String> mounts = new HashSet<>();
    pod.path("volumes").forEach(volume -> mounts.add(volume.path("name").asText()));
    container
        .path("volumeMounts")
        .forEach(mount -> assertThat(mounts).contains(mount.path("name").asText()));
  }

  @Test
  void shouldAskPrometheusForMetricsThatThereAre() throws IOException {
    List<String> expressions = new ArrayList<>();
    collect(yaml("deploy/prometheus/alerts.yml"), "expr", expressions);
    int alerts = expressions.size();
    collect(
        new ObjectMapper()
            .readTree(root.resolve("deploy/grafana/dashboards/penstock.json").toFile()),
        "expr",
        expressions);

    assertThat(alerts).isGreaterThan(10);
    assertThat(expressions).hasSizeGreaterThan(alerts + 20);
    assertThat(expressions).allSatisfy(DeploymentFilesTest::assertIsMeasured);
  }

  @Test
  void shouldShowEveryMetricOnTheDashboard() throws IOException {
    String dashboard = Files.readString(root.resolve("deploy/grafana/dashboards/penstock.json"));

    assertThat(Metric.values())
        .allMatch(metric -> dashboard.contains(metric.prometheusName()), "is on the dashboard");
  }

  @Test
  void shouldHaveASectionOfTheRunbookForEachAlert() throws IOException {
    Set<String> headings = new HashSet<>();
    Files.readString(root.resolve("docs/runbook.md"))
        .lines()
        .filter(line -> line.startsWith("## "))
        .forEach(line -> headings.add(line.substring(3).toLowerCase(Locale.ROOT)));
    for (JsonNode rule : yaml("deploy/prometheus/alerts.yml").at("/groups/0/rules")) {
      String alert = rule.path("alert").asText();
      assertThat(rule.at("/annotations/runbook").asText())
          .isEqualTo("docs/runbook.md#" + alert.toLowerCase(Locale.ROOT));
      assertThat(headings).contains(alert.toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void shouldTryEachAlert() throws IOException {
    List<String> alerts = new ArrayList<>();
    collect(yaml("deploy/prometheus/alerts.yml"), "alert", alerts);
    List<String> tried = new ArrayList<>();
    collect(yaml("deploy/prometheus/alerts-test.yml"), "alertname", tried);

    assertThat(tried).containsAll(alerts);
  }

  @Test
  void shouldHaveRulesThatPrometheusTakes() throws Exception {
    assumeIsAtLeast(PROMTOOL, "promtool", "--version");
    assertEndsWell("deploy/prometheus", "promtool", "check", "config", "prometheus.yml");
    assertEndsWell("deploy/prometheus", "promtool", "test", "rules", "alerts-test.yml");
  }

  @Test
  void shouldHaveAComposeFileThatDockerTakes() throws Exception {
    assumeIsAtLeast(COMPOSE, "docker-compose", "--version");
    assertEndsWell(".", "docker-compose", "--file", "docker-compose.yml", "config", "--quiet");
  }

  /**
   * Where there is no such tool, or one that the files were never tried with, the test is skipped.
   */
  private void assumeIsAtLeast(Version least, String... command) throws Exception {
    boolean isThere =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, command[0])));
    assumeTrue(isThere, command[0] + " is not in PATH");
    String said = assertEndsWell(".", command).strip();
    Optional<Version> version = Version.in(said, command[0]);
    assumeTrue(
        version.isPresent() && version.get().compareTo(least) >= 0,
        "%s in PATH says it is: %s (expected: %s or newer)"
            .formatted(command[0], said.lines().findFirst().orElse(""), least));
  }

  private String assertEndsWell(String in, String... command) throws Exception {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command)
            .directory(root.resolve(in).toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }

  /** What a tool says that it is. */
  private record Version(int major, int minor) implements Comparable<Version> {

    private static final Pattern NUMBERS = Pattern.compile(" v?(\\d+)\\.(\\d+)");

    /** That of a tool that begins with its name, as promtool and docker-compose do. */
    static Optional<Version> in(String said, String tool) {
      Matcher numbers = NUMBERS.matcher(said);
      return said.toLowerCase(Locale.ROOT).replace(' ', '-').startsWith(tool) && numbers.find()
          ? Optional.of(
              new Version(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
          : Optional.empty();
    }

    @Override
    public int compareTo(Version other) {
      return Comparator.comparingInt(Version::major)
          .thenComparingInt(Version::minor)
          .compare(this, other);
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  @Test
  void shouldTellVersionsOfTools() {
    assertThat(Version.in("promtool, version 2.42.0+ds (branch: x)", "promtool"))
        .hasValue(new Version(2, 42));
    assertThat(Version.in("Docker Compose version v2.29.7", "docker-compose"))
        .hasValue(new Version(2, 29));
    assertThat(Version.in("usage: promtool 3.1", "promtool")).isEmpty();
    assertThat(new Version(3, 0)).isGreaterThan(PROMTOOL);
    assertThat(new Version(2, 41)).isLessThan(PROMTOOL);
  }

  private static void assertIsMeasured(String expression) {
    List<MatchResult> selected = SELECTED.matcher(expression).results().toList();
    Set<String> labels = new HashSet<>(Set.of("le", "instance", "job"));
    for (MatchResult metric : selected) {
      Set<String> own = labelsOf(metric.group(1), expression);
      labels.addAll(own);
      if (metric.group(2) != null) {
        assertThat(LABEL.matcher(metric.group(2)).results().map(label -> label.group(1)))
            .as(expression)
            .isSubsetOf(own);
      }
    }
    GROUPED
        .matcher(expression)
        .results()
        .flatMap(group -> Arrays.stream(group.group(1).split(", *", -1)))
        .forEach(label -> assertThat(labels).as(expression).contains(label));
  }

  private static Set<String> labelsOf(String sampled, String expression) {
    for (Metric metric : Metric.values()) {
      String name = metric.prometheusName();
      boolean histogram = metric.prometheusType().equals("histogram");
      if (histogram ? sampled.matches(name + "_(bucket|count|sum|max)") : sampled.equals(name)) {
        return Set.copyOf(metric.labels());
      }
    }
    throw new AssertionError(sampled + " is no metric, in " + expression);
  }

  private static void assertIsACommand(List<String> command) {
    List<String> path = command.stream().takeWhile(word -> word.matches("[a-z][a-z-]*")).toList();
    StringWriter out = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(new StringWriter()));
    List<String> asked = new ArrayList<>(path);
    asked.add("--help");

    int code =
        PenstockMain.run(terminal, Map.of(), (order, err) -> 0, asked.toArray(String[]::new));

    assertThat(code).isZero();
    assertThat(out.toString()).contains("Usage: penstock " + String.join(" ", path) + " ");
    assertThat(command.stream().filter(word -> word.startsWith("--")))
        .allMatch(option -> out.toString().contains(option));
  }

  private static PenstockConfig load(Path file, Map<String, String> environment) {
    return new ConfigLoader(environment, 2, 1L << 30).load(file).config();
  }

  private JsonNode compose() throws IOException {
    JsonNode services = yaml("docker-compose.yml").path("services");
    assertThat(services.size()).isGreaterThan(4);
    return services;
  }

  private JsonNode openApi() throws IOException {
    return yaml("streams-app/src/main/resources/io/penstock/http/openapi.yaml");
  }

  private JsonNode yaml(String file) throws IOException {
    return YAML.readTree(root.resolve(file).toFile());
  }

  private List<JsonNode> documents(String file) throws IOException {
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(root.resolve(file).toFile())) {
      return documents.readAll();
    }
  }

  private static void collect(JsonNode node, String key, List<String> found) {
    if (node.path(key).isTextual()) {
      found.add(node.path(key).asText());
    }
    node.forEach(child -> collect(child, key, found));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
