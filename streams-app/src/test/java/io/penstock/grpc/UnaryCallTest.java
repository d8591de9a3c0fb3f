package io.penstock.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.penstock.batching.Batch;
import io.penstock.config.GrpcConfig;
import io.penstock.http.OneModel;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.Rooms;
import io.penstock.testkit.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls that end before they are answered. What batches come to is held by the test. */
final class UnaryCallTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Of the server: it ends calls by force after twice that. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final String ONE_ROW =
      "model_spec {name: 'half_plus_two'}"
          + " inputs {key: 'x' value {dtype: DT_FLOAT tensor_shape {dim {size: 1}} float_val: 1}}";

  private final BlockingQueue<Batch> batches = new LinkedBlockingQueue<>();

  @Test
  void shouldLeaveWhenItsDeadlineIsOver() throws Exception {
    try (OneGrpcServer server = OneGrpcServer.runBy(batches::add, LONG)) {
      TextClient client =
          new TextClient(
              server.channel,
              CallOptions.DEFAULT.withDeadlineAfter(SHORT.toMillis(), TimeUnit.MILLISECONDS));

      assertThat(refusal(client).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);

      assertLeaves(server);
    }
  }

  @Test
  void shouldLeaveWhenItsClientCancels() throws Exception {
    try (OneGrpcServer server = OneGrpcServer.runBy(batches::add, LONG)) {
      ClientCall<DynamicMessage, DynamicMessage> call =
          server.client().begin("PredictionService", "Predict", ONE_ROW);
      Batch batch = batches.take();

      call.cancel("not wanted any more", null);

      assertLeaves(server);
      Await.until("nobody waits for the batch", 10, batch::isUnread);
    }
  }

  @Test
  void shouldLeaveWhenItsConnectionEnds() throws Exception {
    try (OneGrpcServer server = OneGrpcServer.runBy(batches::add, LONG)) {
      var unused = server.client().begin("PredictionService", "Predict", ONE_ROW);
      Batch batch = batches.take();

      server.channel.shutdownNow();

      assertLeaves(server);
      Await.until("nobody waits for the batch", 10, batch::isUnread);
    }
  }

  private static void assertLeaves(OneGrpcServer server) {
    Await.until(
        "the request has left",
        10,
        () -> server.model.door("half_plus_two").orElseThrow().queuedRows() == 0);
  }

  @Test
  void shouldNotWaitLongerThanTheServerDoes() {
    try (OneGrpcServer server = OneGrpcServer.runBy(batches::add, PATIENCE)) {
      Status refusal = refusal(server.client());

      assertThat(refusal.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(refusal.getDescription()).contains("requests.timeout");
    }
  }

  private static Status refusal(TextClient client) {
    return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> client.call("PredictionService", "Predict", ONE_ROW))
        .getStatus();
  }

  @Test
  void shouldNotWaitForAMessageThatDoesNotCome() throws Exception {
    try (OneGrpcServer server = OneGrpcServer.runBy(batches::add, PATIENCE)) {
      Status refusal = send(server, 0, false).get();

      assertThat(refusal.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(refusal.getDescription()).contains("has not come in time");
    }
  }

  @Test
  void shouldRefuseMessagesThatThereIsNoRoomForAsTheyCome() {
    String more = " output_filter: '%s'".formatted("x".repeat(2000));
    try (OneGrpcServer server = OneGrpcServer.takingIn(1000)) {
      Status refusal =
          catchThrowableOfType(
                  StatusRuntimeException.class,
                  () -> server.client().call("PredictionService", "Predict", ONE_ROW + more))
              .getStatus();

      assertThat(refusal.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(refusal.getDescription()).contains("by requests.max-queued-bytes");
      assertThat(isAnswered(server, ONE_ROW)).isTrue();
    }
  }

  @Test
  void shouldTakeOneMessageACall() throws Exception {
    try (OneGrpcServer server = OneGrpcServer.runBy(batches::add, LONG)) {
      assertThat(send(server, 0, true).get().getDescription()).contains("no message in a call");
      assertThat(send(server, 2, true).get().isOk()).isFalse();
      assertThat(batches).isEmpty();
    }
  }

  @Test
  void shouldRefuseGarbageAndAnswerTheNext() throws Exception {
    Random random = new Random(Long.getLong("penstock.property.seed", 5L));
    try (OneGrpcServer server = new OneGrpcServer()) {
      for (int i = 0; i < 300; i++) {
        byte[] garbage = TextClient.message("PredictRequest", ONE_ROW).toByteArray();
        for (int n = random.nextInt(8); n >= 0; n--) {
          garbage[random.nextInt(garbage.length)] = (byte) random.nextInt();
        }
        CompletableFuture<Status> closed = new CompletableFuture<>();
        ClientCall<byte[], byte[]> call = begin(server, closed);
        call.request(1);
        call.sendMessage(garbage);
        call.halfClose();

        assertThat(closed.get().getCode())
            .as("round %d: %s", i, closed.get())
            .isIn(
                Status.Code.OK,
                Status.Code.INVALID_ARGUMENT,
                Status.Code.NOT_FOUND,
                Status.Code.RESOURCE_EXHAUSTED,
                Status.Code.UNAVAILABLE);
      }

      assertThat(isAnswered(server, ONE_ROW)).isTrue();
    }
  }

  /** Sends that many messages, and then perhaps the end of them. */
  private static CompletableFuture<Status> send(OneGrpcServer server, int messages, boolean ends) {
    CompletableFuture<Status> closed = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call = begin(server, closed);
    call.request(1);
    for (int i = 0; i < messages; i++) {
      call.sendMessage(TextClient.message("PredictRequest", ONE_ROW).toByteArray());
    }
    if (ends) {
      call.halfClose();
    }
    return closed;
  }

  private static ClientCall<byte[], byte[]> begin(
      OneGrpcServer server, CompletableFuture<Status> closed) {
    return begin(server, closed, CallOptions.DEFAULT);
  }

  private static ClientCall<byte[], byte[]> begin(
      OneGrpcServer server, CompletableFuture<Status> closed, CallOptions options) {
    ClientCall<byte[], byte[]> call =
        server.channel.newCall(
            MethodDescriptor.newBuilder(new Raw(), new Raw())
                .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                .setFullMethodName("tensorflow.serving.PredictionService/Predict")
                .build(),
            options);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            closed.complete(status);
          }
        },
        new Metadata());
    return call;
  }

  @Test
  void shouldGiveItsRoomBackOnceItsAnswerIsWrittenThoughNobodyWaitsForIt() throws Exception {
    // given an answer that is computed, and waits to be written
    BlockingQueue<Runnable> writes = new LinkedBlockingQueue<>();
    try (OneGrpcServer server = OneGrpcServer.writtenBy(writes::add)) {
      ClientCall<DynamicMessage, DynamicMessage> call =
          server.client().begin("PredictionService", "Predict", ONE_ROW);
      Runnable write = writes.take();

      // when its client leaves before it is
      call.cancel("not wanted any more", null);
      server.channel.shutdownNow();
      assertThat(server.channel.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      write.run();

      // then
      RequestDoor door = server.model.door("half_plus_two").orElseThrow();
      Await.until("nothing is held", 10, () -> Rooms.queuedBytes(door) == 0);
    }
  }

  @Test
  void shouldRefuseWhatIsTooLargeOnceItIsDecompressed() throws Exception {
    try (OneGrpcServer server = new OneGrpcServer()) {
      CompletableFuture<Status> closed = new CompletableFuture<>();
      ClientCall<byte[], byte[]> call =
          begin(server, closed, CallOptions.DEFAULT.withCompression("gzip"));
      call.request(1);
      call.sendMessage(new byte[OneModel.MAX_BODY + 1]);
      call.halfClose();

      assertThat(closed.get().getCode())
          .as("%s", closed.get())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(isAnswered(server, ONE_ROW)).isTrue();
    }
  }

  @Test
  void shouldAnswerWhatIsDecodedElsewhereThanWhereItIsRead() throws Exception {
    byte[] small = TextClient.message("PredictRequest", ONE_ROW).toByteArray();
    // A field that no request has, of so many bytes.
    byte[] unknown = new byte[UnaryCall.LARGE_BYTES + 1];
    byte[] head = {(byte) 0xFA, 0x01, (byte) 0x81, (byte) 0x80, 0x02};
    ByteArrayOutputStream large = new ByteArrayOutputStream();
    large.writeBytes(small);
    large.writeBytes(head);
    large.writeBytes(unknown);
    try (OneGrpcServer server = new OneGrpcServer()) {
      assertThat(sent(server, large.toByteArray(), CallOptions.DEFAULT).isOk()).isTrue();
      assertThat(sent(server, small, CallOptions.DEFAULT.withCompression("gzip")).isOk()).isTrue();
      assertThat(sent(server, small, CallOptions.DEFAULT).isOk()).isTrue();
    }
  }

  @Test
  void shouldReadConnectionsOnFewThreadsOfItsOwn() {
    try (OneGrpcServer server = new OneGrpcServer()) {
      assertThat(isAnswered(server, ONE_ROW)).isTrue();

      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> thread.getName().startsWith("penstock-grpc-io-"))
          .isNotEmpty()
          .allMatch(Thread::isDaemon);
    }
  }

  private static Status sent(OneGrpcServer server, byte[] message, CallOptions options)
      throws Exception {
    CompletableFuture<Status> closed = new CompletableFuture<>();
    ClientCall<byte[], byte[]> call = begin(server, closed, options);
    call.request(2);
    call.sendMessage(message);
    call.halfClose();
    return closed.get();
  }

  @Test
  void shouldCutOffWhoDoesNotTakeHisAnswer() throws Exception {
    // One value stands for 160 kB, which is more than a client is sent unasked, and of which the
    // model has room for one.
    String large =
        "model_spec {name: 'half_plus_two' signature_name: 'echo'} output_filter: 'values' inputs"
            + " {key: 'flags' value {dtype: DT_BOOL tensor_shape {dim {size: 10}} bool_val: true}}"
            + " inputs {key: 'ids' value {dtype: DT_INT64 tensor_shape {dim {size: 10} dim {size:"
            + " 2}} int64_val: 1}} inputs {key: 'image_bytes' value {dtype: DT_STRING tensor_shape"
            + " {dim {size: 10}} string_val: ''}} inputs {key: 'values' value {dtype: DT_DOUBLE"
            + " tensor_shape {dim {size: 10} dim {size: 2000}} double_val: 1}}";
    try (OneGrpcServer server =
        new OneGrpcServer(new OneModel(), GrpcConfig.plain(OneGrpcServer.ANYWHERE), PATIENCE)) {
      for (int i = 0; i < 4; i++) {
        ClientCall<byte[], byte[]> call = begin(server, new CompletableFuture<>());
        call.sendMessage(TextClient.message("PredictRequest", large).toByteArray());
        call.halfClose();
      }

      Await.until("others have room again", 10, () -> isAnswered(server, large));
    }
  }

  private static boolean isAnswered(OneGrpcServer server, String request) {
    try {
      server.client().call("PredictionService", "Predict", request);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** Passes messages as they are. */
  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream message) {
      try {
        return message.readAllBytes();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
