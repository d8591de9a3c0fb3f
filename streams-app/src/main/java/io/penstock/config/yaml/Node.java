package io.penstock.config.yaml;

import java.util.List;
import java.util.Map;

/** A value of a YAML file that knows its line. Immutable. */
public sealed interface Node {

  /** The line of the key that holds the value, or of the value itself in a list. */
  Origin origin();

  /** What a problem calls such a value. */
  String kind();

  /** A text, whatever YAML would make of it: {@code NO} stays {@code NO}. */
  record Scalar(String text, Origin origin) implements Node {
    @Override
    public String kind() {
      return text;
    }
  }

  /** A key without a value. */
  record Empty(Origin origin) implements Node {
    @Override
    public String kind() {
      return "nothing";
    }
  }

  /** A list. */
  record Listing(List<Node> items, Origin origin) implements Node {
    public Listing {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys with their values, in the file's order. */
  record Mapping(Map<String, Node> entries, Origin origin) implements Node {
    @Override
    public String kind() {
      return "a mapping";
    }
  }
}
