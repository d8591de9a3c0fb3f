package io.penstock.codec;

import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records of which the value alone matters. */
public final class InputRecords {

  private InputRecords() {}

  /** A value with neither key nor headers. */
  public static InputRecord of(byte[] value) {
    return new InputRecord("in", 0, null, value, new RecordHeaders());
  }
}
