package io.penstock.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/** The bytes of a message, which are copied at once to where they leave. Not thread-safe. */
public final class ReadyMessage extends ByteArrayInputStream implements KnownLength, Drainable {

  public ReadyMessage(byte[] message) {
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
