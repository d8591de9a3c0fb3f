package io.penstock.cli;

import io.penstock.cli.shell.Terminal;
import io.penstock.codec.deadletter.DeadLetterReader;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.load.ConfigurationException;
import io.penstock.registry.NoRegistry;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.registry.SchemaRegistry;
import io.penstock.replay.DeadLetterTopic;
import io.penstock.replay.LetterChoice;
import io.penstock.replay.StoredLetter;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whose dead letters are meant, and which of them. */
final class DeadLetterOptions {

  private static final Pattern POSITION = Pattern.compile("(\\d{1,9})@(\\d{1,18})");

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "The pipeline (default: the only one there is).")
  private @Nullable String pipeline;

  @Option(
      names = "--reason",
      paramLabel = "CODE",
      description = "Those with that reason, such as MALFORMED. Can be repeated.")
  private Set<String> reasons = new LinkedHashSet<>();

  @Option(
      names = "--at",
      paramLabel = "PARTITION@OFFSET",
      description = "The one at that place of the dead-letter topic. Can be repeated.")
  private Set<String> positions = new LinkedHashSet<>();

  @Option(
      names = "--after",
      paramLabel = "PARTITION@OFFSET",
      description =
          "In that partition of the dead-letter topic, those behind that offset. Can be repeated.")
  private Set<String> after = new LinkedHashSet<>();

  /**
   * Which letters are meant.
   *
   * @throws ConfigurationException if there is no such pipeline, or --after is no place
   */
  LetterChoice choice(PenstockConfig config) {
    Map<Integer, Long> behind = new HashMap<>();
    for (String position : after) {
      Matcher place = POSITION.matcher(position);
      if (!place.matches()) {
        throw new ConfigurationException(
            "--after: %s (expected: PARTITION@OFFSET)".formatted(position));
      }
      behind.merge(Integer.parseInt(place.group(1)), Long.parseLong(place.group(2)), Math::max);
    }
    return new LetterChoice(pipeline(config), reasons, positions, behind);
  }

  /**
   * The pipeline's name.
   *
   * @throws ConfigurationException if none was named and there are several, or there is none of it
   */
  String pipeline(PenstockConfig config) {
    Set<String> names = config.pipelines().keySet();
    if (pipeline == null ? names.size() != 1 : !names.contains(pipeline)) {
      throw new ConfigurationException(
          "--pipeline: %s (expected: one of %s)"
              .formatted(pipeline == null ? "missing" : pipeline, names));
    }
    return pipeline == null ? names.iterator().next() : pipeline;
  }

  /**
   * Goes through the letters that are meant, and says on the terminal which records of the topic
   * are none, and how many are of other pipelines.
   */
  void forEach(PenstockConfig config, Terminal terminal, Consumer<StoredLetter> visitor) {
    PipelineConfig settings = config.pipeline(pipeline(config));
    LetterChoice choice = choice(config);
    Places strays = new Places();
    Map<String, Integer> others = new TreeMap<>();
    try (SchemaRegistry registry = registry(config);
        DeadLetterTopic topic =
            new DeadLetterTopic(
                settings.deadLetters().topic(),
                config.kafka(settings),
                clientId(config),
                new DeadLetterReader(registry))) {
      topic.forEach(
          stored -> {
            if (choice.matches(stored)) {
              visitor.accept(stored);
            } else if (!choice.isOfPipeline(stored)) {
              others.merge(stored.letter().getPipeline(), 1, Integer::sum);
            }
          },
          (position, why) -> strays.add("%s (%s)".formatted(position, why)));
    }
    if (!others.isEmpty()) {
      terminal.err().println("passed over, of other pipelines: " + others);
    }
    if (strays.count() > 0) {
      terminal.err().println("passed over, since they are no dead letters: " + strays);
    }
  }

  static String clientId(PenstockConfig config) {
    return config.service() + "-dead-letters";
  }

  private static SchemaRegistry registry(PenstockConfig config) {
    return config.registry().isEmpty()
        ? new NoRegistry()
        : new RestSchemaRegistry(RegistrySettings.of(config.registry()));
  }
}
