package io.penstock.config.section;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * Replaces references to secrets in values, in the spelling of Kafka's configuration providers:
 * {@code ${env:NAME}}, {@code ${file:/path}} for a whole file without its last line break, {@code
 * ${file:/path.properties:key}} for one key of a properties file, {@code ${directory:/path:name}}
 * for a file of a directory, as Kubernetes mounts secrets. Unlike Kafka's {@link
 * ConfigTransformer}, a reference that leads nowhere is an error, not a literal.
 */
final class References {

  /** {@code ${provider:[path:]key}}; the groups are provider, path and key. */
  private static final Pattern REFERENCE = ConfigTransformer.DEFAULT_PATTERN;

  private static final String SPELLINGS =
      "${env:NAME}, ${file:/path}, ${file:/path.properties:key} or ${directory:/path:name}";

  private final Map<String, String> environment;

  References(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * A value with its references replaced.
   *
   * @throws IllegalArgumentException if one leads nowhere, saying which and why
   */
  Resolved resolve(String raw) {
    List<String> references = new ArrayList<>();
    Matcher matcher = REFERENCE.matcher(raw);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      references.add(matcher.group());
      matcher.appendReplacement(text, Matcher.quoteReplacement(resolved(matcher)));
    }
    matcher.appendTail(text);
    return new Resolved(text.toString(), references);
  }

  private String resolved(Matcher reference) {
    try {
      return target(reference);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(reference.group() + ": " + e.getMessage(), e);
    }
  }

  private String target(Matcher reference) {
    String provider = reference.group(1);
    @Nullable String path = reference.group(3);
    String key = reference.group(4);
    if (provider.equals("env") && path == null) {
      return variable(key);
    }
    if (provider.equals("file")) {
      return path == null ? contents(key) : property(path, key);
    }
    if (provider.equals("directory") && path != null) {
      return file(path, key);
    }
    throw new IllegalArgumentException("unknown reference (expected: " + SPELLINGS + ")");
  }

  private String variable(String name) {
    try (EnvVarConfigProvider provider = new EnvVarConfigProvider(environment)) {
      provider.configure(Map.of());
      String value = provider.get("", Set.of(name)).data().get(name);
      if (value == null) {
        throw new IllegalArgumentException("environment variable " + name + " is not set");
      }
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String contents(String file) {
    try {
      return Files.readString(Path.of(file)).stripTrailing();
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("file " + file + " cannot be read", e);
    }
  }

  private static String property(String file, String key) {
    try (FileConfigProvider provider = new FileConfigProvider()) {
      provider.configure(Map.of());
      String value = provider.get(file, Set.of(key)).data().get(key);
      if (value == null) {
        throw new IllegalArgumentException("file " + file + " has no key " + key);
      }
      return value;
    } catch (ConfigException e) {
      throw new IllegalArgumentException("file " + file + " cannot be read", e);
    }
  }

  /** A name that would lead out of the directory is none of it, by Kafka's provider. */
  private static String file(String directory, String name) {
    try (DirectoryConfigProvider provider = new DirectoryConfigProvider()) {
      provider.configure(Map.of());
      String value = provider.get(directory, Set.of(name)).data().get(name);
      if (value == null) {
        throw new IllegalArgumentException("directory " + directory + " has no file " + name);
      }
      return value.stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ConfigException e) {
      throw new IllegalArgumentException("directory " + directory + " cannot be read", e);
    }
  }

  /** A value's text, and the references that it was made of: none for a plain value. */
  record Resolved(String text, List<String> references) {
    Resolved {
      references = List.copyOf(references);
    }

    boolean isSecret() {
      return !references.isEmpty();
    }
  }
}
