package io.penstock.http.exchange;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer on its way out. It holds no thread while its reader is slow: the server calls when more
 * can be written. Who has not taken it in time is cut off, because what it holds is missing to
 * others.
 *
 * <p>Written by one thread of the server after the other, never by two at a time.
 */
final class AnswerWriter implements WriteListener {

  private static final Logger log = LoggerFactory.getLogger(AnswerWriter.class);

  private final ServletOutputStream to;
  private final byte[] body;
  private final CompletableFuture<Void> written = new CompletableFuture<>();
  private boolean isHandedOver;

  private AnswerWriter(ServletOutputStream to, byte[] body) {
    this.to = to;
    this.body = body;
  }

  /**
   * Begins to write a body. Does not block.
   *
   * @param within how long its reader may take
   * @param connection closed then
   * @param closing runs what closes it
   * @return completes once the body is written or nobody takes it any more
   */
  static CompletableFuture<Void> write(
      ServletOutputStream to,
      byte[] body,
      Duration within,
      Closeable connection,
      Executor closing) {
    AnswerWriter writer = new AnswerWriter(to, body);
    CompletableFuture<Void> inTime =
        new CompletableFuture<Void>().orTimeout(within.toNanos(), TimeUnit.NANOSECONDS);
    var unused = writer.written.thenRun(() -> inTime.complete(null));
    var unusedToo =
        inTime.whenComplete(
            (nothing, late) -> {
              if (late != null) {
                closing.execute(() -> writer.cutOff(connection));
              }
            });
    try {
      to.setWriteListener(writer);
    } catch (IllegalStateException e) {
      writer.onError(e);
    }
    return writer.written;
  }

  private void cutOff(Closeable connection) {
    try {
      connection.close();
    } catch (IOException e) {
      log.debug("the connection of a slow reader was not closed in order", e);
    } finally {
      written.complete(null);
    }
  }

  @Override
  public void onWritePossible() throws IOException {
    while (to.isReady()) {
      if (isHandedOver) {
        written.complete(null);
        return;
      }
      isHandedOver = true;
      to.write(body);
    }
  }

  /** Its reader has gone: there is nobody to tell. */
  @Override
  public void onError(Throwable failure) {
    written.complete(null);
  }
}
