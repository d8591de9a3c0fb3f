package io.penstock.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.model.ModelSignature;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import io.penstock.requests.Rooms;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class BodyReaderTest {

  private static final int MAX_BYTES = 100_000;

  private long now;
  private final RequestRoom room = Rooms.of(1, 1 << 20);
  private final BodyReader bodies = new BodyReader(MAX_BYTES, 1, () -> now);

  @Test
  void shouldReadBodiesOfAnyLengthUpToTheLargest() {
    for (int length : new int[] {0, 1, 8191, 8192, 8193, 50_000, MAX_BYTES - 1, MAX_BYTES}) {
      byte[] body = new byte[length];
      new Random(length).nextBytes(body);

      assertThat(read(new ByteArrayInputStream(body))).as("%d bytes", length).isEqualTo(body);
    }
  }

  @Test
  void shouldRefuseWhatIsLongerWhetherItSaysSoOrNot() {
    assertRefused(
        new ByteArrayInputStream(new byte[MAX_BYTES + 1]),
        413,
        "the body has more than 100000 bytes (expected: at most 100000, by requests.max-body)");
    assertThatThrownBy(
            () -> bodies.read("100001", InputStream.nullInputStream(), 0, room, Kept::new))
        .hasMessageStartingWith("the body has 100001 bytes");
  }

  /** Who sends all before it reads an answer would lose it. */
  @Test
  void shouldReadTheRestOfWhatItRefusesUpToABound() throws IOException {
    int swallowed = 2 << 20;
    InputStream declared = new ByteArrayInputStream(new byte[MAX_BYTES + swallowed]);
    InputStream chunked = new ByteArrayInputStream(new byte[MAX_BYTES + swallowed]);
    InputStream vast = new ByteArrayInputStream(new byte[MAX_BYTES + swallowed + 1]);
    String length = String.valueOf(MAX_BYTES + swallowed);
    String vastLength = String.valueOf(MAX_BYTES + swallowed + 1);

    assertThatThrownBy(() -> bodies.read(length, declared, 1, room, Kept::new))
        .hasMessageStartingWith("the body has " + length + " bytes");
    assertThatThrownBy(() -> bodies.read(null, chunked, 1, room, Kept::new))
        .hasMessageStartingWith("the body has more than 100000 bytes");
    assertThatThrownBy(() -> bodies.read(vastLength, vast, 1, room, Kept::new))
        .hasMessageStartingWith("the body has " + vastLength + " bytes");

    assertThat(declared.available()).isZero();
    assertThat(chunked.available()).isZero();
    assertThat(vast.available()).isEqualTo(MAX_BYTES + swallowed + 1);
  }

  @Test
  void shouldGiveUpOnASenderThatKeepsItWaitingByteByByte() {
    // given: a byte every 25 s
    InputStream slow =
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("bytes are read one by one");
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            now += TimeUnit.SECONDS.toNanos(25);
            to[offset] = '[';
            return 1;
          }
        };
    // when, then
    assertRefused(slow, 408, "the body has not come in time: 3 bytes of it");
    assertThat(now).isEqualTo(TimeUnit.SECONDS.toNanos(75));
    assertThat(read(text("next"))).asString(StandardCharsets.US_ASCII).isEqualTo("next");
  }

  @Test
  void shouldHoldWhatDoesNotComeAgainstItsSender() {
    assertRefused(failing(new IOException("closed")), 400, "the body was cut off: closed");
    assertRefused(failing(new IllegalStateException("bad chunk")), 400, "cut off: bad chunk");
    assertRefused(
        failing(new IOException("idle for 30000 ms", new TimeoutException())),
        408,
        "the body does not come: idle for 30000 ms");
    assertThat(read(text("next"))).asString(StandardCharsets.US_ASCII).isEqualTo("next");
  }

  @Test
  void shouldRefuseToReadMoreAtATimeThanMayBe() {
    bodies.read(
        null,
        text("first"),
        TimeUnit.MINUTES.toNanos(1),
        room,
        (body, taken) -> {
          assertRefused(text("second"), 503, "too many requests come in at the same time");
          return new Kept(body, taken);
        });
    assertThat(read(text("third"))).hasSize(5);
  }

  @Test
  void shouldTakeWhatItReadsAsItComes() {
    // given: room for a body, but not for a second one
    RequestRoom small = Rooms.of(1, 30_000);
    // when, then
    bodies.read(null, bytes(10_000), 1, small, Kept::new);
    assertThat(Rooms.bytes(small)).isEqualTo(10_000);
    assertThatThrownBy(() -> bodies.read(null, bytes(10_000), 1, small, Kept::new))
        .hasMessageContaining("(expected: at most 30000, by requests.max-queued-bytes)");
    assertThat(Rooms.bytes(small)).isZero();
  }

  @Test
  void shouldGiveBackWhatNothingComesOf() {
    assertThatThrownBy(
            () ->
                bodies.read(
                    null,
                    text("[]"),
                    1,
                    room,
                    (body, taken) -> {
                      throw RefusedRequestException.invalid("no object");
                    }))
        .hasMessage("no object");
    assertThat(Rooms.bytes(room)).isZero();
  }

  private byte[] read(InputStream from) {
    try (RequestRoom all = Rooms.of(1, 1 << 20)) {
      Question question =
          bodies.read(null, from, now + TimeUnit.MINUTES.toNanos(1), all, Kept::new);
      return ((Kept) question).body();
    }
  }

  /** A body as it is. */
  private record Kept(byte[] body, RequestRoom room) implements Question {

    @Override
    public Optional<String> signature() {
      return Optional.empty();
    }

    @Override
    public RequestRows decode(ModelSignature run, RequestRoom taken) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] write(Answer answer) {
      throw new UnsupportedOperationException();
    }
  }

  private static InputStream bytes(int length) {
    return new ByteArrayInputStream(new byte[length]);
  }

  private void assertRefused(InputStream from, int status, String message) {
    assertThatThrownBy(() -> read(from))
        .isInstanceOfSatisfying(
            RefusedRequestException.class,
            refusal -> assertThat(refusal.httpStatus()).isEqualTo(status))
        .hasMessageContaining(message);
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static InputStream failing(Exception failure) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        return read(new byte[1], 0, 1);
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        if (failure instanceof RuntimeException unchecked) {
          throw unchecked;
        }
        throw (IOException) failure;
      }
    };
  }
}
