package io.penstock.codec.json.row;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the values of fields lie in records, which are objects.
 *
 * <p>Not thread-safe: a copier's own.
 */
public final class FieldFinder {

  private final JsonCursor cursor = new JsonCursor();
  private final Node root = new Node(new byte[0]);

  /** From and to of each field, in pairs; from is -1 where it is missing. */
  private int[] bounds = new int[0];

  /** A member of an object: the fields that it is, and the members of its own. */
  private static final class Node {

    private final byte[] name;
    private final List<Integer> fields = new ArrayList<>();
    private final List<Node> members = new ArrayList<>();

    Node(byte[] name) {
      this.name = name;
    }

    Node member(String segment) {
      byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
      for (Node member : members) {
        if (Arrays.equals(member.name, bytes)) {
          return member;
        }
      }
      Node member = new Node(bytes);
      members.add(member);
      return member;
    }
  }

  /** Adds a field by its path, dots between names. Before the first record. */
  public void add(String path) {
    Node node = root;
    for (String segment : path.split("\\.", -1)) {
      node = node.member(segment);
    }
    node.fields.add(bounds.length / 2);
    bounds = Arrays.copyOf(bounds, bounds.length + 2);
  }

  /**
   * Looks through a record.
   *
   * @throws UndecodableRecordException if it is malformed, is no object, or has a field twice
   */
  public void find(byte[] record) {
    Arrays.fill(bounds, -1);
    cursor.over(record);
    if (cursor.peek() != '{') {
      throw new UndecodableRecordException(
          DeadLetterReason.SCHEMA_MISMATCH,
          "The record is %s (expected: an object, whose fields output.copy names)"
              .formatted(cursor.describeNext()));
    }
    look(root);
    cursor.expectEnd();
  }

  /** Whether the last record has a field, by its index. */
  public boolean has(int field) {
    return bounds[2 * field] >= 0;
  }

  /** Where its value begins. */
  public int from(int field) {
    return bounds[2 * field];
  }

  /** Where its value ends. */
  public int to(int field) {
    return bounds[2 * field + 1];
  }

  private void look(Node object) {
    cursor.expect('{');
    if (cursor.accept('}')) {
      return;
    }
    do {
      Node member = named(object, cursor.readText());
      cursor.expect(':');
      if (member == null) {
        cursor.skip();
      } else {
        value(member);
      }
    } while (cursor.acceptNext('}'));
  }

  private void value(Node member) {
    boolean isObject = cursor.peek() == '{';
    int from = cursor.position();
    if (isObject && !member.members.isEmpty()) {
      look(member);
    } else {
      cursor.skip();
    }
    for (int field : member.fields) {
      if (has(field)) {
        throw cursor.malformed(from, "a field that output.copy names is there for the second time");
      }
      bounds[2 * field] = from;
      bounds[2 * field + 1] = cursor.position();
    }
  }

  private static @Nullable Node named(Node object, JsonText name) {
    for (int i = 0; i < object.members.size(); i++) {
      Node member = object.members.get(i);
      if (name.is(member.name)) {
        return member;
      }
    }
    return null;
  }
}
