package io.penstock.service;

import io.penstock.testkit.Workbench;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Records for the model {@code digits}. */
final class Digits {

  static final int PIXELS = 64;

  static final Schema SCHEMA =
      Workbench.schema(
          """
          {"type": "record", "name": "Digit", "namespace": "io.penstock.service",
           "fields": [{"name": "pixels", "type": {"type": "array", "items": "float"}}]}
          """);

  private Digits() {}

  /** Some digit, another one for another number. */
  static GenericRecord digit(int number) {
    return digit(number, PIXELS);
  }

  /** A digit of that many pixels. */
  static GenericRecord digit(int number, int pixels) {
    List<Float> values = new ArrayList<>();
    for (int pixel = 0; pixel < pixels; pixel++) {
      values.add((pixel * 7 + number) % 17 / 16f);
    }
    GenericRecord record = new GenericData.Record(SCHEMA);
    record.put("pixels", values);
    return record;
  }

  /** The same in Confluent's framing. */
  static byte[] framed(Workbench bench, String topic, int number) {
    return Workbench.framed(bench.registry().register(topic + "-value", SCHEMA), digit(number));
  }
}
