package io.penstock.requests;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A request that is not answered with predictions, and why. Carries no stack trace: it is an
 * answer, not an accident.
 */
public final class RefusedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int REQUEST_TIMEOUT = 408;
  private static final int CONTENT_TOO_LARGE = 413;

  private final Code code;
  private final int httpStatus;

  /**
   * Who must act, by the names of {@code google.rpc.Code}, which TensorFlow Serving answers with;
   * in HTTP by its table ({@code ToHTTPStatusCode} in {@code http_server.cc}).
   */
  public enum Code {
    /** Whoever sent it: it does not fit the model. */
    INVALID_ARGUMENT(400),
    /** Whoever sent it: the model is not made for that. */
    FAILED_PRECONDITION(400),
    /** Whoever sent it: there is no such model or version here. */
    NOT_FOUND(404),
    /** Whoever sent it: there is too little memory for what it asks. */
    RESOURCE_EXHAUSTED(429),
    /** Nobody but who looks for the model's fault. */
    INTERNAL(500),
    /** Nobody: send it again later, or to another instance. */
    UNAVAILABLE(503),
    /** Nobody: it took too long. */
    DEADLINE_EXCEEDED(504),
    /** Nobody: its sender has left. (nginx's status, which nobody sees.) */
    CANCELLED(499);

    private final int httpStatus;

    Code(int httpStatus) {
      this.httpStatus = httpStatus;
    }
  }

  public RefusedRequestException(Code code, String message) {
    this(code, code.httpStatus, message, null);
  }

  private RefusedRequestException(
      Code code, int httpStatus, String message, @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.code = code;
    this.httpStatus = httpStatus;
  }

  /** What a request's failure means to whoever sent it. */
  public static RefusedRequestException of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof RefusedRequestException refusal) {
      return refusal;
    }
    if (cause instanceof TimeoutException) {
      return new RefusedRequestException(
          Code.DEADLINE_EXCEEDED,
          "the request was not answered in time (expected: within its deadline and"
              + " requests.timeout)");
    }
    Code code = cause instanceof CancellationException ? Code.CANCELLED : Code.INTERNAL;
    return new RefusedRequestException(code, code.httpStatus, cause.toString(), cause);
  }

  /** Who must act. */
  public Code code() {
    return code;
  }

  /** What HTTP calls it. */
  public int httpStatus() {
    return httpStatus;
  }

  /**
   * It is larger than requests may be: its sender must divide it. HTTP has a status for that, which
   * nobody takes for a reason to try again.
   */
  public static RefusedRequestException tooLarge(String message) {
    return new RefusedRequestException(Code.RESOURCE_EXHAUSTED, CONTENT_TOO_LARGE, message, null);
  }

  /** It did not come in time: its sender must be faster, which HTTP has a status for. */
  public static RefusedRequestException tooSlow(String message) {
    return new RefusedRequestException(Code.DEADLINE_EXCEEDED, REQUEST_TIMEOUT, message, null);
  }

  /** The request does not fit: its sender must change it. */
  public static RefusedRequestException invalid(String message) {
    return new RefusedRequestException(Code.INVALID_ARGUMENT, message);
  }

  /** There is no such model or version here, or not any more: its sender must ask for another. */
  public static RefusedRequestException notFound(ModelSpec spec) {
    return new RefusedRequestException(Code.NOT_FOUND, "Servable not found for request: " + spec);
  }

  /** It cannot be answered now. */
  public static RefusedRequestException unavailable(String message) {
    return new RefusedRequestException(Code.UNAVAILABLE, message);
  }
}
