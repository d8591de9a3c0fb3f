package io.penstock.config.yaml;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document into a tree whose nodes know their lines. Scalars keep their text, so
 * that the key's syntax, not YAML's guess, says what they are. Not thread-safe.
 */
public final class YamlFile {

  private final String name;
  private final List<Problem> problems;

  /** A reader of a file of that name, which adds what is wrong to {@code problems}. */
  public YamlFile(String name, List<Problem> problems) {
    this.name = name;
    this.problems = problems;
  }

  /** The tree; an empty mapping where the text is no YAML mapping, which is then a problem. */
  public Node.Mapping read(String text) {
    Node.Mapping nothing = new Node.Mapping(Map.of(), line(1));
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      if (parser.nextToken() == null) {
        return nothing;
      }
      Node root = node(parser, "", line(1));
      if (parser.nextToken() != null) {
        problem(line(parser.currentTokenLocation()), "", "a second document (expected: one)");
      }
      if (root instanceof Node.Mapping mapping) {
        return mapping;
      }
      problem(line(1), "", root.kind() + " (expected: keys such as service and kafka)");
    } catch (JsonProcessingException e) {
      problem(line(e.getLocation()), "", "not YAML: " + e.getOriginalMessage());
    } catch (IOException e) {
      problem(line(1), "", "cannot be read: " + e.getMessage());
    }
    return nothing;
  }

  private Node node(YAMLParser parser, String path, Origin origin) throws IOException {
    if (parser.isCurrentAlias()) {
      problem(origin, path, "an alias (expected: a value; aliases are not supported)");
      return new Node.Empty(origin);
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> mapping(parser, path, origin);
      case START_ARRAY -> listing(parser, path, origin);
      case VALUE_NULL -> new Node.Empty(origin);
      default -> new Node.Scalar(parser.getText(), origin);
    };
  }

  private Node.Mapping mapping(YAMLParser parser, String path, Origin origin) throws IOException {
    Map<String, Node> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      Origin keyOrigin = line(parser.currentTokenLocation());
      parser.nextToken();
      Node value = node(parser, keyPath, keyOrigin);
      Node first = entries.putIfAbsent(key, value);
      if (first != null) {
        problem(
            keyOrigin, keyPath, "a second time (expected: once; first: " + first.origin() + ")");
      }
    }
    return new Node.Mapping(entries, origin);
  }

  private Node.Listing listing(YAMLParser parser, String path, Origin origin) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(parser, path, line(parser.currentTokenLocation())));
    }
    return new Node.Listing(items, origin);
  }

  private void problem(Origin origin, String path, String message) {
    problems.add(new Problem(origin, path, message));
  }

  private Origin line(JsonLocation location) {
    return line(location == null ? 1 : Math.max(1, location.getLineNr()));
  }

  private Origin line(int line) {
    return new Origin.FileLine(name, line);
  }
}
