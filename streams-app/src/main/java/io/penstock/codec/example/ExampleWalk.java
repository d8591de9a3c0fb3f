package io.penstock.codec.example;

import io.penstock.codec.wire.WireCursor;
import java.util.Arrays;

/**
 * Passes over a serialized {@code tf.Example}, feature after feature, and checks that it is one: a
 * message {@code Features} with a map from names to lists. Fields that TensorFlow does not know are
 * passed, as it does.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class ExampleWalk {

  /** {@code Example.features}, {@code Features.feature}, and the key of that map's entries. */
  private static final int FIRST = WireCursor.tag(1, WireCursor.DELIMITED);

  /** The value of the map's entries. */
  private static final int SECOND = WireCursor.tag(2, WireCursor.DELIMITED);

  private final WireCursor in = new WireCursor("tf.Example");
  private final FeatureList list = new FeatureList(in);
  private int nameFrom;
  private int nameTo;

  /** What is told of each feature; its name and list are the walk's. */
  @FunctionalInterface
  interface Visitor {

    void feature(ExampleWalk walk, FeatureList list);
  }

  /** Passes over a record. */
  void over(byte[] record, Visitor visitor) {
    in.over(record);
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == FIRST) {
        features(visitor);
      } else {
        in.skip(tag);
      }
    }
  }

  private void features(Visitor visitor) {
    int around = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == FIRST) {
        entry(visitor);
      } else {
        in.skip(tag);
      }
    }
    in.leave(around);
  }

  private void entry(Visitor visitor) {
    int around = in.enter();
    nameFrom = in.position();
    nameTo = nameFrom;
    boolean hasList = false;
    list.clear();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == FIRST) {
        int length = in.readLength();
        nameFrom = in.take(length);
        nameTo = nameFrom + length;
      } else if (tag == SECOND) {
        list.pass();
        hasList = true;
      } else {
        in.skip(tag);
      }
    }
    if (hasList) {
      visitor.feature(this, list);
    }
    in.leave(around);
  }

  /** A list of values in the records that are passed over. */
  FeatureList newList() {
    return new FeatureList(in);
  }

  /** Whether the feature is called that. */
  boolean isNamed(byte[] name) {
    return Arrays.equals(in.bytes(), nameFrom, nameTo, name, 0, name.length);
  }
}
