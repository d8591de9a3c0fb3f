package io.penstock.codec.json.row;

import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads an object: members that an input needs, or that have such below them, are read wherever
 * they stand, each once; the others are passed.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class ObjectReader {

  private Member[] members = new Member[0];

  /** Adds a field by its path below this object. Before the first record. */
  void add(List<String> path, RowReader field) {
    Member member = member(path.get(0));
    if (path.size() == 1) {
      member.add(field);
    } else {
      member.below().add(path.subList(1, path.size()), field);
    }
  }

  private Member member(String name) {
    for (Member member : members) {
      if (member.isNamed(name)) {
        return member;
      }
    }
    Member member = new Member(name);
    members = Arrays.copyOf(members, members.length + 1);
    members[members.length - 1] = member;
    return member;
  }

  void read(JsonCursor in, Rows rows, int row) {
    for (Member member : members) {
      member.begin();
    }
    // Producers write members in one order: the next is looked for behind the last.
    int next = 0;
    in.expect('{');
    if (!in.accept('}')) {
      do {
        int at = find(in.readText(), next);
        in.expect(':');
        if (at < 0) {
          in.skip();
        } else {
          members[at].read(in, rows, row);
          next = at + 1;
        }
      } while (in.acceptNext('}'));
    }
    for (Member member : members) {
      member.end(in, rows, row);
    }
  }

  /** Puts what stands in for every field; refuses where nothing does. */
  void fallBack(Rows rows, int row, Function<FieldTarget, UndecodableRecordException> refusal) {
    for (Member member : members) {
      member.fallBack(rows, row, refusal);
    }
  }

  /** The index of the member of that name; −1 if none is needed. */
  private int find(JsonText name, int first) {
    for (int i = 0; i < members.length; i++) {
      int at = first + i < members.length ? first + i : first + i - members.length;
      if (members[at].isNamed(name)) {
        return at;
      }
    }
    return -1;
  }

  /** Any of the fields that the object or one below it feeds. */
  FieldTarget any() {
    return members[0].any();
  }
}
