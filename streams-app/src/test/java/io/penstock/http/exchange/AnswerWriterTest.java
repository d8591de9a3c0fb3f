package io.penstock.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AnswerWriterTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final byte[] BODY = "{\"predictions\":[]}".getBytes(StandardCharsets.US_ASCII);

  private final SlowReader reader = new SlowReader();
  private final CompletableFuture<Void> cutOff = new CompletableFuture<>();

  @Test
  void shouldHoldNoThreadWhileTheReaderIsSlow() throws Exception {
    // given: a reader that takes what it is sent some time later
    CompletableFuture<Void> written = write(LONG);
    // when
    reader.listener().onWritePossible();
    // then
    assertThat(reader.sent()).isEqualTo(BODY);
    assertThat(written).isNotDone();
    // when
    reader.ready = true;
    reader.listener().onWritePossible();
    // then
    assertThat(written).isCompleted();
    assertThat(reader.sent()).isEqualTo(BODY);
    assertThat(cutOff).isNotDone();
  }

  @Test
  void shouldCutOffAReaderThatTakesTooLong() throws Exception {
    // when
    CompletableFuture<Void> written = write(Duration.ofNanos(1));
    reader.listener().onWritePossible();
    // then
    assertThat(cutOff).succeedsWithin(LONG);
    assertThat(written).succeedsWithin(LONG);
  }

  @Test
  void shouldEndWithAReaderThatHasGone() throws Exception {
    // given
    CompletableFuture<Void> written = write(LONG);
    reader.listener().onWritePossible();
    // when
    reader.listener().onError(new IOException("reset by peer"));
    // then
    assertThat(written).isCompleted();
    assertThat(cutOff).isNotDone();
  }

  @Test
  void shouldEndWithAReaderThatHasGoneBeforeItBegins() {
    // given
    reader.gone = true;
    // when
    CompletableFuture<Void> written = write(LONG);
    // then
    assertThat(written).isCompleted();
    assertThat(cutOff).isNotDone();
  }

  @Test
  void shouldEndThoughTheConnectionCannotBeClosedInOrder() throws Exception {
    // given
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    // when
    CompletableFuture<Void> written =
        AnswerWriter.write(
            reader,
            BODY,
            Duration.ofNanos(1),
            () -> {
              throw new IOException("broken pipe");
            },
            task -> {
              try {
                task.run();
                thrown.complete(null);
              } catch (RuntimeException e) {
                thrown.complete(e);
              }
            });
    // then
    assertThat(written).succeedsWithin(LONG);
    assertThat(thrown.get(1, TimeUnit.MINUTES)).isNull();
  }

  private CompletableFuture<Void> write(Duration within) {
    return AnswerWriter.write(reader, BODY, within, () -> cutOff.complete(null), Runnable::run);
  }

  /** Takes one write, and no more until it is ready again. */
  private static final class SlowReader extends ServletOutputStream {

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private @Nullable WriteListener listener;
    private boolean ready = true;
    private boolean gone;

    WriteListener listener() {
      assertThat(listener).isNotNull();
      return listener;
    }

    byte[] sent() {
      return sent.toByteArray();
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setWriteListener(WriteListener newListener) {
      if (gone) {
        throw new IllegalStateException("the request is complete");
      }
      listener = newListener;
    }

    @Override
    public void write(int one) {
      throw new AssertionError("bytes are written one by one");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      sent.write(bytes, offset, length);
      ready = false;
    }
  }
}
