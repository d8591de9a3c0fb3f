package io.penstock.codec.avro.plan;

import io.penstock.codec.avro.plan.Skip.Blocks;
import io.penstock.codec.avro.plan.Skip.Branches;
import io.penstock.codec.avro.plan.Skip.Delimited;
import io.penstock.codec.avro.plan.Skip.Fields;
import io.penstock.codec.avro.plan.Skip.Varint;
import io.penstock.codec.avro.plan.Skip.Width;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/**
 * Compiles schemas into steps that pass their values. Neighbours of fixed width become one step, so
 * a value of no width always is a {@link Width}: no count, however large, makes it loop.
 *
 * <p>Not thread-safe. A named type is compiled once, however often a schema uses it.
 */
final class SkipCompiler {

  private static final Width NOTHING = new Width(0);

  /** Records by identity: one parsed schema has one object per name. */
  private final IdentityHashMap<Schema, Skip> records = new IdentityHashMap<>();

  Skip of(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> NOTHING;
      case BOOLEAN -> new Width(1);
      case FLOAT -> new Width(4);
      case DOUBLE -> new Width(8);
      case FIXED -> new Width(schema.getFixedSize());
      case INT, LONG, ENUM -> new Varint();
      case STRING, BYTES -> new Delimited();
      case ARRAY -> new Blocks(of(schema.getElementType()));
      case MAP -> new Blocks(inOrder(List.of(new Delimited(), of(schema.getValueType()))));
      case UNION -> new Branches(schema.getTypes().stream().map(this::of).toList());
      case RECORD -> record(schema);
    };
  }

  /** Passes fields that follow each other. */
  Skip of(List<Field> fields) {
    return inOrder(fields.stream().map(field -> of(field.schema())).toList());
  }

  private Skip record(Schema schema) {
    Skip known = records.get(schema);
    if (known != null) {
      return known;
    }
    Recursion itself = new Recursion();
    records.put(schema, itself);
    Skip compiled = of(schema.getFields());
    itself.target = compiled;
    records.put(schema, compiled);
    return compiled;
  }

  /** Passes values that follow each other. */
  private static Skip inOrder(List<Skip> skips) {
    List<Skip> merged = new ArrayList<>();
    for (Skip skip : skips) {
      int last = merged.size() - 1;
      if (skip instanceof Width next && last >= 0 && merged.get(last) instanceof Width width) {
        merged.set(last, width.plus(next));
      } else {
        merged.add(skip);
      }
    }
    return switch (merged.size()) {
      case 0 -> NOTHING;
      case 1 -> merged.get(0);
      default -> new Fields(merged);
    };
  }

  /** A record within itself. */
  private static final class Recursion extends Skip {

    private @Nullable Skip target;

    @Override
    void skip(AvroCursor in) {
      if (target == null) {
        throw new IllegalStateException("Used before its record was compiled");
      }
      in.descend();
      target.skip(in);
      in.ascend();
    }
  }
}
