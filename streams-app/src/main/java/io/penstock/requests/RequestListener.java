package io.penstock.requests;

import io.penstock.requests.RefusedRequestException.Code;
import java.util.Optional;

/** Hears of requests that are over. On any thread: must not block. */
@FunctionalInterface
public interface RequestListener {

  /**
   * A request was answered, or refused.
   *
   * @param refusal why; empty for an answer
   * @param nanos since it came in
   */
  void answered(Optional<Code> refusal, long nanos);
}
