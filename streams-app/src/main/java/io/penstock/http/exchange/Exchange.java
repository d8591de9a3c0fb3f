package io.penstock.http.exchange;

import io.javalin.http.Context;
import io.penstock.requests.Answer;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestRoom;
import jakarta.servlet.http.HttpServletResponse;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Questions over HTTP to the models' doors, and their answers. The header {@code
 * penstock-served-by} says which version has answered, as the header of a record does.
 *
 * <p>Thread-safe. A thread is held while a body is read and decoded, not while it is computed, nor
 * while its reader is slow.
 */
public final class Exchange {

  /** Bodies that are read at the same time, a thread for each. */
  private static final int READERS = 32;

  /** The attribute of a request with the {@link Closeable} that cuts its sender off. */
  public static final String CONNECTION = "io.penstock.connection";

  private final Function<String, Optional<RequestDoor>> doors;
  private final BodyReader bodies;
  private final Duration timeout;
  private final Executor writers;

  /**
   * @param doors by model; empty for one that is not served here, and refuses what is not yet
   * @param maxBody bytes of a body at most
   * @param timeout how long a request may take, from its head to its answer; its reader may take as
   *     long again
   * @param writers runs what makes texts of answers
   */
  public Exchange(
      Function<String, Optional<RequestDoor>> doors,
      int maxBody,
      Duration timeout,
      Executor writers) {
    this.doors = doors;
    this.bodies = new BodyReader(maxBody, READERS, System::nanoTime);
    this.timeout = timeout;
    this.writers = writers;
  }

  /** How many threads its requests may have at the same time. */
  public static int readers() {
    return READERS;
  }

  /** Answers a request, at once or later. */
  public void answer(Context context, ModelSpec spec, Question.Reading reading) {
    long until = System.nanoTime() + timeout.toNanos();
    try {
      RequestDoor door =
          doors.apply(spec.model()).orElseThrow(() -> RefusedRequestException.notFound(spec));
      RequestRoom room = door.room();
      Question question = bodies.read(context, until, room, reading);
      Duration left = Duration.ofNanos(until - System.nanoTime());
      CompletableFuture<Answer> answer =
          door.predict(spec.withSignature(question.signature()), left, room, question);
      context.future(() -> sent(context, question, answer));
    } catch (RefusedRequestException e) {
      refuse(context, e);
    }
  }

  /** Completes once what comes of it has been written, and what it holds is given back. */
  private CompletableFuture<Void> sent(
      Context context, Question question, CompletableFuture<Answer> answer) {
    CompletableFuture<Void> written =
        answer
            .handleAsync(
                (outcome, failure) ->
                    failure == null
                        ? answered(context, question, outcome)
                        : refused(context, RefusedRequestException.of(failure)),
                writers)
            .thenCompose(body -> write(context, body));
    var unused =
        written.whenComplete(
            (nothing, failure) -> {
              var unusedToo = answer.thenAccept(Answer::close);
            });
    // A copy: what is cancelled would not tell of its end.
    return leaving(written.copy(), answer);
  }

  /** The same; who cancels it does not wait for the answer any more. */
  static CompletableFuture<Void> leaving(
      CompletableFuture<Void> sent, CompletableFuture<Answer> answer) {
    var unused =
        sent.whenComplete(
            (nothing, failure) -> {
              if (sent.isCancelled()) {
                answer.cancel(false);
              }
            });
    return sent;
  }

  private static byte[] answered(Context context, Question question, Answer answer) {
    try {
      byte[] body = question.write(answer);
      context.header(Answer.SERVED_BY, answer.servedBy());
      return body;
    } catch (RefusedRequestException e) {
      return refused(context, e);
    }
  }

  private static byte[] refused(Context context, RefusedRequestException refusal) {
    context.status(refusal.httpStatus());
    return JsonTexts.error(String.valueOf(refusal.getMessage()));
  }

  private CompletableFuture<Void> write(Context context, byte[] body) {
    try {
      HttpServletResponse response = context.contentType("application/json").res();
      response.setContentLength(body.length);
      Closeable connection = Objects.requireNonNull(context.attribute(CONNECTION));
      return AnswerWriter.write(response.getOutputStream(), body, timeout, connection, writers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says why there is no answer. */
  public static void refuse(Context context, RefusedRequestException refusal) {
    byte[] body = refused(context, refusal);
    context.contentType("application/json").result(body);
  }

  /**
   * The number of a version as a path has it.
   *
   * @throws RefusedRequestException if it is none
   */
  public static long version(Context context) {
    String text = context.pathParam("version");
    if (!text.matches("\\d+")) {
      throw RefusedRequestException.invalid(
          "Malformed request: %s %s (expected: a number behind versions/)"
              .formatted(context.method(), context.path()));
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw RefusedRequestException.invalid(
          "Failed to convert version: %s to numeric.".formatted(text));
    }
  }
}
