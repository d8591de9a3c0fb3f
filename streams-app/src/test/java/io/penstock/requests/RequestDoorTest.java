package io.penstock.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.BatchSizes;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.requests.RefusedRequestException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads over versions without TensorFlow: nothing depends on how fast any of them is. */
final class RequestDoorTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int BATCH_ROWS = 4;
  private static final int QUEUED_ROWS = 20;

  /** A batch for the inference thread, one that gathers and one that is next. */
  private static final int IN_FLIGHT_ROWS = 3 * BATCH_ROWS;

  private static final RequestSettings SETTINGS =
      new RequestSettings(
          BatchSizes.upTo(BATCH_ROWS),
          1 << 20,
          Duration.ofMillis(1),
          1,
          1,
          QUEUED_ROWS,
          1 << 20,
          LONG,
          LONG);

  private final FakeRequestModel model = new FakeRequestModel();
  private final Queue<String> outcomes = new ConcurrentLinkedQueue<>();
  private final InferenceThreads inference =
      InferenceThreads.start(
          new InferenceSettings(1, 1),
          reason -> {
            throw new AssertionError(reason);
          });
  private final RequestDoor door =
      new RequestDoor(
          model,
          SETTINGS,
          inference,
          ForkJoinPool.commonPool(),
          (refusal, nanos) -> outcomes.add(refusal.map(Code::name).orElse("OK")));

  /** Held runs go on once it is open. */
  private final CountDownLatch gate = new CountDownLatch(1);

  private final CountDownLatch held = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    door.close();
    inference.close();
  }

  @Test
  void shouldAnswerARequestOfMoreRowsThanABatchHasAsAWhole() throws Exception {
    // when
    Answer answer = ask(ModelSpec.of("fake"), LongStream.range(0, QUEUED_ROWS).toArray()).get();
    // then
    assertThat(numbers(answer))
        .isEqualTo(LongStream.range(1_000_000, 1_000_000 + QUEUED_ROWS).boxed().toList());
    assertThat(answer.version().version()).isEqualTo(1);
    assertThat(answer.fingerprint()).isEqualTo("f1");
    assertThat(model.first.runs()).allMatch(rows -> rows <= BATCH_ROWS);
    assertThat(model.first.runs().stream().mapToInt(rows -> rows).sum()).isEqualTo(QUEUED_ROWS);
  }

  @Test
  void shouldAskTheVersionThatIsMeant() throws Exception {
    assertThat(ask(version(2), 7).get().version().version()).isEqualTo(2);
    assertThat(
            ask(new ModelSpec("fake", Optional.empty(), Optional.of("canary"), Optional.empty()), 7)
                .get()
                .version()
                .version())
        .isEqualTo(2);

    model.activate(2);

    assertThat(ask(ModelSpec.of("fake"), 7).get().version().version()).isEqualTo(2);
    assertThat(ask(version(1), 7).get().version().version()).isEqualTo(1);
  }

  @Test
  void shouldRefuseWhatThereIsNot() {
    assertRefused(ask(version(3), 1), Code.NOT_FOUND, "Specific(fake, 3)");
    assertRefused(
        ask(new ModelSpec("fake", Optional.empty(), Optional.of("beta"), Optional.empty()), 1),
        Code.INVALID_ARGUMENT,
        "Unrecognized servable version label: beta");
    assertThat(outcomes).containsExactly("NOT_FOUND", "INVALID_ARGUMENT");
    assertThatThrownBy(
            () -> new ModelSpec("fake", Optional.of(1L), Optional.of("beta"), Optional.empty()))
        .hasMessageContaining("(expected: one of them at most)");
  }

  @Test
  void shouldBatchRequestsThatComeWhileABatchRuns() throws Exception {
    // given
    holdRuns();
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    answers.add(ask(ModelSpec.of("fake"), 0));
    held.await();
    // when
    for (int i = 1; i <= BATCH_ROWS; i++) {
      answers.add(ask(ModelSpec.of("fake"), i));
    }
    gate.countDown();
    // then
    for (int i = 0; i < answers.size(); i++) {
      assertThat(numbers(answers.get(i).get())).containsExactly(1_000_000L + i);
    }
    // Sealed in parts by their lingers, perhaps, and joined again by the queue.
    assertThat(model.first.runs()).hasSizeLessThan(answers.size());
  }

  @Test
  void shouldBlameARowOnItsRequestAlone() throws Exception {
    // given
    holdRuns();
    CompletableFuture<Answer> first = ask(ModelSpec.of("fake"), 1);
    held.await();
    // when
    CompletableFuture<Answer> good = ask(ModelSpec.of("fake"), 2);
    CompletableFuture<Answer> bad = ask(ModelSpec.of("fake"), 3, -4);
    CompletableFuture<Answer> alsoGood = ask(ModelSpec.of("fake"), 5);
    gate.countDown();
    // then
    assertThat(numbers(first.get())).containsExactly(1_000_001L);
    assertThat(numbers(good.get())).containsExactly(1_000_002L);
    assertRefused(bad, Code.INVALID_ARGUMENT, "fake/1, row 1: the model refuses -4");
    assertThat(numbers(alsoGood.get())).containsExactly(1_000_005L);
  }

  @Test
  void shouldRunAVersionOnHoweverManyRowsItRefuses() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertRefused(ask(ModelSpec.of("fake"), -1), Code.INVALID_ARGUMENT, "refuses -1");
    }
    assertThat(numbers(ask(ModelSpec.of("fake"), 1).get())).containsExactly(1_000_001L);
  }

  @Test
  void shouldRunAVersionThatHangsByNoneOfItsSignatures() throws Exception {
    // given: a run that does not return, and is given up on
    RequestSettings impatient =
        new RequestSettings(
            BatchSizes.upTo(BATCH_ROWS),
            1 << 20,
            Duration.ofMillis(1),
            1,
            1,
            QUEUED_ROWS,
            1 << 20,
            LONG,
            Duration.ofMillis(1));
    holdRuns();
    try (RequestDoor impatientDoor =
        new RequestDoor(
            model, impatient, inference, ForkJoinPool.commonPool(), (refusal, nanos) -> {})) {
      assertRefused(ask(impatientDoor, 1), Code.UNAVAILABLE, "has not returned for");
      held.await();
      // when
      ModelSpec byAnother = ModelSpec.of("fake").withSignature(Optional.of("another"));
      CompletableFuture<Answer> refused =
          impatientDoor.predict(byAnother, LONG, impatientDoor.room(), decoder(1));
      // then: it has not been run again
      assertRefused(refused, Code.UNAVAILABLE, "has not returned for");
      assertThat(model.first.runs()).hasSize(1);
    }
  }

  @Test
  void shouldRefuseAtOnceWhatThereIsNoRoomFor() throws Exception {
    // given
    holdRuns();
    List<CompletableFuture<Answer>> taken = new ArrayList<>();
    taken.add(ask(ModelSpec.of("fake"), 0));
    held.await();
    for (int i = 1; i < QUEUED_ROWS; i++) {
      taken.add(ask(ModelSpec.of("fake"), i));
    }
    // when
    CompletableFuture<Answer> refused = ask(ModelSpec.of("fake"), 7);
    // then
    assertThat(refused).isCompletedExceptionally();
    assertRefused(refused, Code.UNAVAILABLE, "model fake has no room for another request");
    assertThat(door.queuedRows()).isEqualTo(QUEUED_ROWS);
    gate.countDown();
    for (CompletableFuture<Answer> answer : taken) {
      assertThat(answer.get().rows()).isEqualTo(1);
    }
    assertThat(ask(ModelSpec.of("fake"), 7).get().rows()).isEqualTo(1);
  }

  @Test
  void shouldHoldWhatARequestTakesUntilItsAnswerIsClosed() throws Exception {
    // given
    RequestRoom room = door.room();
    room.takeBytes(1000);
    // when
    Answer answer = door.predict(ModelSpec.of("fake"), LONG, room, decoder(1, 2)).get();
    // then: its rows are computed, its bytes are not sent
    assertThat(door.queuedRows()).isZero();
    assertThat(door.queuedBytes()).isGreaterThanOrEqualTo(1000);
    answer.close();
    answer.close();
    assertThat(door.queuedBytes()).isZero();
  }

  @Test
  void shouldGiveBackWhatARefusedRequestHolds() throws Exception {
    // given
    RequestRoom room = door.room();
    room.takeBytes(1000);
    // when
    CompletableFuture<Answer> refused = door.predict(ModelSpec.of("fake"), LONG, room, decoder(-1));
    // then
    assertRefused(refused, Code.INVALID_ARGUMENT, "refuses -1");
    assertThat(door.queuedBytes()).isZero();
  }

  @Test
  void shouldRunNothingForAnAnswerThatThereIsNoRoomFor() {
    // given: 20 rows of 40 kB, twice
    WideModel wide = new WideModel(WideModel.WIDTH);
    try (RequestDoor wideDoor = door(wide)) {
      // when
      CompletableFuture<Answer> refused = ask(wideDoor, QUEUED_ROWS);
      // then
      assertRefused(refused, Code.RESOURCE_EXHAUSTED, "by requests.max-queued-bytes");
      assertThat(wide.runs()).isZero();
      assertThat(ask(wideDoor, 5)).succeedsWithin(LONG);
    }
  }

  @Test
  void shouldRefuseAnAnswerThatTurnsOutToHaveNoRoom() throws Exception {
    // given: the same, but its signature does not tell
    WideModel wide = new WideModel(-1);
    try (RequestDoor wideDoor = door(wide)) {
      // when
      CompletableFuture<Answer> refused = ask(wideDoor, QUEUED_ROWS);
      // then
      assertRefused(refused, Code.RESOURCE_EXHAUSTED, "by requests.max-queued-bytes");
      assertThat(wideDoor.queuedBytes()).isZero();
      Answer small = ask(wideDoor, 5).get();
      assertThat(wideDoor.queuedBytes()).isGreaterThan(5 * Float.BYTES * WideModel.WIDTH);
      small.close();
      assertThat(wideDoor.queuedBytes()).isZero();
    }
  }

  private RequestDoor door(RequestModel wide) {
    return new RequestDoor(
        wide, SETTINGS, inference, ForkJoinPool.commonPool(), (refusal, nanos) -> {});
  }

  private static CompletableFuture<Answer> ask(RequestDoor door, int rows) {
    return door.predict(ModelSpec.of("fake"), LONG, door.room(), decoder(new long[rows]));
  }

  @Test
  void shouldRefuseForGoodWhatIsLargerThanItsRoom() {
    assertRefused(
        ask(ModelSpec.of("fake"), new long[QUEUED_ROWS + 1]),
        Code.RESOURCE_EXHAUSTED,
        "rows: 21 (expected: at most 20, by requests.max-queued-rows)");
  }

  @Test
  void shouldNotRunWhatNobodyWaitsForAnyMore() throws Exception {
    // given
    holdRuns();
    CompletableFuture<Answer> first = ask(ModelSpec.of("fake"), 0);
    held.await();
    long[] all = new long[QUEUED_ROWS - 1];
    CompletableFuture<Answer> cancelled = ask(ModelSpec.of("fake"), all);
    // when
    cancelled.cancel(false);
    CompletableFuture<Answer> roomAgain = askUntilThereIsRoom(all);
    roomAgain.cancel(false);
    gate.countDown();
    // then
    assertThat(first.get().rows()).isEqualTo(1);
    door.close(LONG);
    assertThat(door.queuedRows()).isZero();
  }

  @Test
  void shouldAnswerInTimeThatThereIsNoAnswer() throws Exception {
    // given
    holdRuns();
    CompletableFuture<Answer> first = ask(ModelSpec.of("fake"), 0);
    held.await();
    // when
    CompletableFuture<Answer> late =
        door.predict(ModelSpec.of("fake"), Duration.ofMillis(1), door.room(), decoder(1));
    // then
    assertRefused(late, Code.DEADLINE_EXCEEDED, "not answered in time");
    gate.countDown();
    assertThat(first.get().rows()).isEqualTo(1);
  }

  @Test
  void shouldAskTheVersionThatIsMeantOnceItsTurnHasCome() throws Exception {
    // given: as many rows as are run or gather, of which none is computed, and two that wait
    holdRuns();
    CompletableFuture<Answer> running = ask(ModelSpec.of("fake"), 0);
    held.await();
    CompletableFuture<Answer> gathered = ask(ModelSpec.of("fake"), new long[IN_FLIGHT_ROWS - 1]);
    CompletableFuture<Answer> waiting = ask(ModelSpec.of("fake"), 7);
    CompletableFuture<Answer> insisting = ask(version(1), 8);
    // when: the version is left, and stays loaded
    model.activate(2);
    gate.countDown();
    // then
    assertThat(numbers(waiting.get())).containsExactly(2_000_007L);
    assertThat(numbers(insisting.get())).containsExactly(1_000_008L);
    assertThat(running.get().version().version()).isEqualTo(1);
    assertThat(gathered.get().rows()).isEqualTo(IN_FLIGHT_ROWS - 1);
  }

  @Test
  void shouldAskTheNextVersionWhenOneRetiresBeforeItHasTakenTheRows() throws Exception {
    // when
    CompletableFuture<Answer> answer =
        door.predict(
            ModelSpec.of("fake"),
            LONG,
            door.room(),
            (signature, room) -> {
              model.first.retire();
              model.activate(2);
              return rows(signature, 7);
            });
    // then
    assertThat(numbers(answer.get())).containsExactly(2_000_007L);
    assertRefused(ask(version(1), 7), Code.NOT_FOUND, "Specific(fake, 1)");
  }

  @Test
  void shouldRefuseWhatItCannotBatchAndGoOn() throws Exception {
    // given
    model.failOnRequestThread(new OutOfMemoryError("planted"));
    // when
    CompletableFuture<Answer> failed = ask(ModelSpec.of("fake"), 1, 2, 3);
    // then
    assertRefused(failed, Code.INTERNAL, "OutOfMemoryError: planted");
    assertThat(numbers(ask(ModelSpec.of("fake"), 4).get())).containsExactly(1_000_004L);
    assertThat(door.queuedRows()).isZero();
  }

  @Test
  void shouldAnswerWhatItHasTakenBeforeItCloses() throws Exception {
    // given
    holdRuns();
    CompletableFuture<Answer> first = ask(ModelSpec.of("fake"), 0);
    held.await();
    CompletableFuture<Answer> waiting = ask(ModelSpec.of("fake"), 1, 2, 3, 4, 5, 6);
    // when
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(
            () -> {
              try {
                door.close(LONG);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    gate.countDown();
    closing.get();
    // then
    assertThat(first.get().rows()).isEqualTo(1);
    assertThat(waiting.get().rows()).isEqualTo(6);
    assertRefused(ask(ModelSpec.of("fake"), 1), Code.UNAVAILABLE, "the service is stopping");
  }

  @Test
  void shouldAnswerEveryRequestWithItsOwnRowsWhateverComesTogether() throws Exception {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Random random = new Random(seed);
    List<long[]> asked = new ArrayList<>();
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    // when
    for (int i = 0; i < 500; i++) {
      long[] rows = random.longs(1 + random.nextInt(9), 0, 1000).toArray();
      asked.add(rows);
      answers.add(ask(version(1 + random.nextInt(2)), rows));
    }
    // then
    int answered = 0;
    for (int i = 0; i < answers.size(); i++) {
      Answer answer;
      try {
        answer = answers.get(i).get(1, TimeUnit.MINUTES);
      } catch (java.util.concurrent.ExecutionException e) {
        assertThat(RefusedRequestException.of(e.getCause()).code())
            .as("seed %d, request %d", seed, i)
            .isEqualTo(Code.UNAVAILABLE);
        continue;
      }
      answered++;
      answer.close();
      long base = answer.version().version() * 1_000_000;
      assertThat(numbers(answer))
          .as("seed %d, request %d", seed, i)
          .isEqualTo(LongStream.of(asked.get(i)).map(number -> base + number).boxed().toList());
    }
    assertThat(answered).isPositive();
    door.close(LONG);
    assertThat(door.queuedRows()).as("seed %d", seed).isZero();
    assertThat(door.queuedBytes()).as("seed %d", seed).isZero();
    assertThat(model.first.leased()).isZero();
    assertThat(model.second.leased()).isZero();
  }

  private CompletableFuture<Answer> askUntilThereIsRoom(long[] numbers) {
    CompletableFuture<Answer> answer = ask(ModelSpec.of("fake"), numbers);
    while (answer.isCompletedExceptionally()) {
      Thread.onSpinWait();
      answer = ask(ModelSpec.of("fake"), numbers);
    }
    return answer;
  }

  private void holdRuns() {
    model.first.beforeRun(
        () -> {
          held.countDown();
          try {
            gate.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static ModelSpec version(long version) {
    return new ModelSpec("fake", Optional.of(version), Optional.empty(), Optional.empty());
  }

  private CompletableFuture<Answer> ask(ModelSpec spec, long... numbers) {
    return door.predict(spec, LONG, door.room(), decoder(numbers));
  }

  private static RequestDoor.Decoder decoder(long... numbers) {
    return (signature, room) -> rows(signature, numbers);
  }

  private static RequestRows rows(ModelSignature signature, long... numbers) {
    Rows rows = Rows.of(signature.inputs(), numbers.length);
    for (int row = 0; row < numbers.length; row++) {
      ((NumericColumn) rows.column(0)).putLong(row * Long.BYTES, numbers[row]);
    }
    return new RequestRows(signature, rows, numbers.length);
  }

  private static List<Long> numbers(Answer answer) {
    NumericColumn y = (NumericColumn) answer.outputs().column(0);
    return LongStream.range(0, answer.rows())
        .map(row -> y.longAt((int) row * Long.BYTES))
        .boxed()
        .toList();
  }

  private static void assertRefused(CompletableFuture<Answer> answer, Code code, String message) {
    assertThat(answer)
        .failsWithin(LONG)
        .withThrowableThat()
        .satisfies(
            failure -> {
              RefusedRequestException refusal = RefusedRequestException.of(failure.getCause());
              assertThat(refusal.code()).isEqualTo(code);
              assertThat(refusal).hasMessageContaining(message);
            });
  }
}
