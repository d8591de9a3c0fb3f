package io.penstock.codec.avro.plan;

import io.penstock.model.Rows;
import java.util.List;

/** Passes a value that no input needs, without building it. */
abstract class Skip extends Step {

  abstract void skip(AvroCursor in);

  /** Passes that many values; each takes a byte at least, so the record's end is a limit. */
  void skip(AvroCursor in, long values) {
    for (long i = 0; i < values; i++) {
      skip(in);
    }
  }

  @Override
  final void run(AvroCursor in, Rows rows, int row) {
    skip(in);
  }

  /** Values of a fixed width; of none, for null and empty records. */
  static final class Width extends Skip {

    private final long bytes;

    Width(long bytes) {
      this.bytes = bytes;
    }

    /** This width and another after it. More than an array can have is as good as infinite. */
    Width plus(Width next) {
      return new Width(Math.min(bytes + next.bytes, Integer.MAX_VALUE));
    }

    @Override
    void skip(AvroCursor in) {
      in.take(bytes);
    }

    @Override
    void skip(AvroCursor in, long values) {
      if (bytes > 0 && values > in.remaining() / bytes) {
        throw in.malformed(values + " items of " + bytes + " bytes do not fit into the record");
      }
      in.take(values * bytes);
    }
  }

  /** Numbers of variable length: int, long, enum. */
  static final class Varint extends Skip {

    @Override
    void skip(AvroCursor in) {
      in.readLong();
    }
  }

  /** Strings and bytes: a length and as many bytes. */
  static final class Delimited extends Skip {

    @Override
    void skip(AvroCursor in) {
      in.take(in.readLength());
    }
  }

  /** Arrays and maps: blocks of items; those that carry their size are passed in one go. */
  static final class Blocks extends Skip {

    private final Skip item;

    Blocks(Skip item) {
      this.item = item;
    }

    @Override
    void skip(AvroCursor in) {
      for (long items = in.readLong(); items != 0; items = in.readLong()) {
        if (items < 0) {
          in.take(in.readLength());
        } else {
          item.skip(in, items);
        }
      }
    }
  }

  /** Unions. */
  static final class Branches extends Skip {

    private final Skip[] branches;

    Branches(List<Skip> branches) {
      this.branches = branches.toArray(Skip[]::new);
    }

    @Override
    void skip(AvroCursor in) {
      branches[in.readIndex(branches.length)].skip(in);
    }
  }

  /** Records. */
  static final class Fields extends Skip {

    private final Skip[] fields;

    Fields(List<Skip> fields) {
      this.fields = fields.toArray(Skip[]::new);
    }

    @Override
    void skip(AvroCursor in) {
      for (Skip field : fields) {
        field.skip(in);
      }
    }
  }
}
