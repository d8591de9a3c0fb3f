package io.penstock.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.requests.Answer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ExchangeTest {

  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private final CompletableFuture<Void> sent = new CompletableFuture<>();

  @Test
  void shouldNotWaitForAnAnswerThatTheServerDoesNotWaitFor() {
    // when
    Exchange.leaving(sent, answer).cancel(true);
    // then
    assertThat(answer).isCancelled();
  }

  @Test
  void shouldLeaveAnAnswerAloneWhoseSendingEndsInAnotherWay() {
    // when
    Exchange.leaving(sent, answer).completeExceptionally(new IllegalStateException());
    // then
    assertThat(answer).isNotDone();
  }
}
