package io.penstock.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/** The bytes of an answer, which are copied to where they leave at once. Not thread-safe. */
final class AnswerStream extends ByteArrayInputStream implements KnownLength, Drainable {

  AnswerStream(byte[] message) {
    super(message);
  }

  @Override
  public int drainTo(OutputStream to) throws IOException {
    int length = available();
    to.write(buf, pos, length);
    pos = count;
    return length;
  }
}
