package io.penstock.config.load;

import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.config.kafka.KafkaDefaults;
import io.penstock.config.kafka.KafkaKeys;
import io.penstock.config.section.KeyDoc;
import io.penstock.config.section.Reading;
import io.penstock.config.section.Section;
import io.penstock.config.yaml.Node;
import io.penstock.config.yaml.Origin;
import io.penstock.registry.RegistrySettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The page that documents every key: made of the declarations that files are read with, so that it
 * cannot say anything else.
 */
public final class ConfigReference {

  private static final Origin NOWHERE = new Origin.Default();

  private static final String HEAD =
      """
      # Configuration

      <!-- Printed by `./penstock config reference`; a test compares. Do not edit. -->

      One YAML file says everything: `penstock serve --config FILE`. It is read strictly: an unknown key, an illegal value
      or an override that matches nothing stops the start, with one line for each problem. `penstock config show` prints
      the effective configuration with the origin of every value, `penstock config check` verifies it against models,
      registry and cluster.

      * **Secrets**: any value may hold `${env:NAME}`, `${file:/path}` (the whole file), `${file:/path.properties:key}` or
        `${directory:/path:name}` (a file of a directory, such as a mounted secret), as Kafka's configuration providers do.
        Such values, and those of keys that hold secrets, are never printed.
      * **Environment**: every key can be overridden by the variable beside it: the path in upper case behind `PENSTOCK_`,
        `__` between levels, `_` for `.` and `-`. Models, pipelines and their fields must be in the file; keys of `kafka`
        and `registry` can be added (`PENSTOCK_KAFKA__SECURITY_PROTOCOL`). A list is written with commas.
      * **Times** are written `5ms`, `10s`, `2m` or `PT5S`; **sizes** `512KB`, `64MiB`, `6GiB`.
      * **Changes**: `models` and `pipelines` can change while the service runs (`penstock reload`, SIGHUP, or
        `penstock serve --reload-on-change`); all other keys take a restart.
      """;

  private static final String KAFKA =
      """
      ## Kafka's own keys

      `kafka` takes every key of Kafka Streams and its clients, with Streams' prefixes (`consumer.`, `main.consumer.`,
      `producer.`, `admin.`); `pipelines.<pipeline>.kafka` does for one pipeline, over the service's. A key that Kafka does
      not define is passed on for plug-ins (interceptors, callback handlers, metrics reporters) to read, with a warning at
      the start; one that is nearly a key of Kafka's is refused as a slip. `group.protocol` is `classic`.

      Penstock's defaults where Kafka's do not suit it; yours win, with or without prefix:

      | Key | `exactly_once_v2` | `at_least_once` | Why |
      |---|---|---|---|
      """;

  private static final String OWNED_KAFKA =
      """

      These are Penstock's, because its guarantees hang on them, and are refused with and without prefix:

      | Key | Why, or what to use |
      |---|---|
      """;

  private static final String REGISTRY =
      """
      ## The registry's keys

      `registry` takes the keys of Confluent's client, each but the URL with or without `schema.registry.` in front;
      `auto.register.schemas` is `false` unless said otherwise (see `penstock schema register`):

      """;

  private ConfigReference() {}

  /** The page, in Markdown. */
  public static String page() {
    Map<String, List<KeyDoc>> sections =
        keys().stream()
            .collect(
                Collectors.groupingBy(
                    key -> key.path().segments().get(0), LinkedHashMap::new, Collectors.toList()));
    StringBuilder page = new StringBuilder(HEAD);
    sections.forEach((name, keys) -> page.append(section(name, keys)));
    page.append('\n').append(KAFKA);
    KafkaDefaults.all()
        .forEach(
            key ->
                page.append(
                    "| `%s` | %s | %s | %s |\n"
                        .formatted(key.key(), key.exactlyOnce(), key.atLeastOnce(), key.why())));
    page.append(OWNED_KAFKA);
    KafkaKeys.owned()
        .forEach((key, why) -> page.append("| `%s` | %s |\n".formatted(key, cell(why))));
    page.append('\n').append(REGISTRY);
    RegistrySettings.keys().forEach(key -> page.append("* `%s`\n".formatted(key)));
    return page.toString();
  }

  private static String section(String name, List<KeyDoc> keys) {
    StringBuilder section = new StringBuilder("\n## `" + name + "`\n\n");
    section.append("| Key | Default | Values | Meaning | Environment |\n|---|---|---|---|---|\n");
    for (KeyDoc key : keys) {
      section.append(
          "| `%s` | %s | %s | %s | `%s` |\n"
              .formatted(
                  key.path(),
                  cell(key.fallback()),
                  cell(key.values()),
                  cell(key.meaning()),
                  key.path().variable()));
    }
    return section.toString();
  }

  /** Reads a file that has one of everything that a user names. */
  private static List<KeyDoc> keys() {
    Reading reading = new Reading(Map.of());
    Node name = new Node.Scalar("scoring", NOWHERE);
    Node fields = mapping(Map.of("<input>", new Node.Scalar("<field>", NOWHERE)));
    Node padding = mapping(Map.of("<input>", new Node.Scalar("0", NOWHERE)));
    Node casts = mapping(Map.of("<input>", new Node.Scalar("widening", NOWHERE)));
    Node input =
        mapping(
            Map.of("fields", fields, "casts", casts, "defaults", padding, "constants", padding));
    Node batch = mapping(Map.of("padding", padding));
    Node.Mapping file =
        mapping(
            Map.of(
                "service",
                name,
                "models",
                mapping(Map.of("<model>", mapping(Map.of()))),
                "pipelines",
                mapping(Map.of("<pipeline>", mapping(Map.of("input", input, "batch", batch))))));
    var unused =
        new ConfigBinder(FormatCatalog.own(), Path.of(""), 1, 1L << 30)
            .bind(Section.root(reading, file));
    return reading.keys();
  }

  private static Node.Mapping mapping(Map<String, Node> entries) {
    return new Node.Mapping(entries, NOWHERE);
  }

  /** A text in a table: its bars and, outside code, its angle brackets are no Markdown. */
  private static String cell(String text) {
    String[] parts = text.replace("|", "\\|").split("`", -1);
    for (int i = 0; i < parts.length; i += 2) {
      parts[i] = parts[i].replace("<", "&lt;");
    }
    return String.join("`", parts);
  }
}
