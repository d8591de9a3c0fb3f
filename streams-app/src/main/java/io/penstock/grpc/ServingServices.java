package io.penstock.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.penstock.grpc.message.ModelMessages;
import io.penstock.grpc.message.PredictionRequest;
import io.penstock.requests.Answer;
import io.penstock.requests.ModelSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestDoor;
import io.penstock.requests.RequestRoom;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * {@code PredictionService} and {@code ModelService}, and what answers their methods. The header
 * {@code penstock-served-by} says which version has answered, as the header of a record does.
 * Thread-safe.
 */
final class ServingServices {

  /** What the names of their methods begin with. */
  static final String PACKAGE = "tensorflow.serving.";

  private static final Metadata.Key<String> SERVED_BY =
      Metadata.Key.of(Answer.SERVED_BY, Metadata.ASCII_STRING_MARSHALLER);

  private final ServingSchema schema;
  private final Function<String, Optional<RequestDoor>> doors;
  private final ModelMessages models;
  private final UnaryCall.Terms terms;
  private final Executor writers;

  /**
   * @param doors by model; empty for one that is not served here, and refuses what is not yet
   * @param models answers what is asked of models
   * @param terms how calls are served
   * @param writers runs what makes messages of answers
   */
  ServingServices(
      ServingSchema schema,
      Function<String, Optional<RequestDoor>> doors,
      ModelMessages models,
      UnaryCall.Terms terms,
      Executor writers) {
    this.schema = schema;
    this.doors = doors;
    this.models = models;
    this.terms = terms;
    this.writers = writers;
  }

  List<ServerServiceDefinition> definitions() {
    Map<String, ServerCallHandler<UnaryCall.Message, byte[]>> predictions = new LinkedHashMap<>();
    predictions.put("Predict", predicting(PredictionRequest::predict));
    predictions.put("Classify", predicting(PredictionRequest::classify));
    predictions.put("Regress", predicting(PredictionRequest::regress));
    predictions.put("GetModelMetadata", telling(models::metadata));
    predictions.put(
        "MultiInference",
        refusing("MultiInference is not answered here: send a Classify or Regress for each task"));
    Map<String, ServerCallHandler<UnaryCall.Message, byte[]>> questions = new LinkedHashMap<>();
    questions.put("GetModelStatus", telling(models::status));
    questions.put(
        "HandleReloadConfigRequest",
        refusing(
            "the configuration is not taken over gRPC: change the file and send POST /reload to the"
                + " admin server, or SIGHUP to the process"));
    return List.of(
        definition(schema.service("PredictionService"), predictions),
        definition(schema.service("ModelService"), questions));
  }

  private ServerServiceDefinition definition(
      ServiceDescriptor service,
      Map<String, ServerCallHandler<UnaryCall.Message, byte[]>> methods) {
    var descriptor =
        io.grpc.ServiceDescriptor.newBuilder(service.getFullName())
            .setSchemaDescriptor(new Schema(service.getFile()));
    Map<MethodDescriptor<UnaryCall.Message, byte[]>, ServerCallHandler<UnaryCall.Message, byte[]>>
        described = new LinkedHashMap<>();
    methods.forEach(
        (name, handler) -> {
          MethodDescriptor<UnaryCall.Message, byte[]> method =
              MethodDescriptor.newBuilder(Incoming.MARSHALLER, Outgoing.MARSHALLER)
                  .setType(MethodDescriptor.MethodType.UNARY)
                  .setFullMethodName(
                      MethodDescriptor.generateFullMethodName(service.getFullName(), name))
                  .build();
          descriptor.addMethod(method);
          described.put(method, handler);
        });
    var definition = ServerServiceDefinition.builder(descriptor.build());
    described.forEach(definition::addMethod);
    return definition.build();
  }

  private ServerCallHandler<UnaryCall.Message, byte[]> predicting(
      PredictionRequest.Reading reading) {
    return answering(
        (message, call) -> {
          PredictionRequest request = reading.read(message);
          ModelSpec spec = request.spec();
          RequestDoor door =
              doors.apply(spec.model()).orElseThrow(() -> RefusedRequestException.notFound(spec));
          RequestRoom room = door.room();
          room.takeBytes(message.length);
          call.messageTaken();
          CompletableFuture<Answer> answer = door.predict(spec, call.left(), room, request);
          CompletableFuture<UnaryCall.Reply> reply =
              answer.thenApplyAsync(outcome -> reply(request, outcome), writers);
          call.whenEnded(
              () -> {
                answer.cancel(false);
                // Not while it is written, which takes room as well.
                var unused =
                    reply.whenComplete(
                        (written, failure) -> {
                          var unusedToo = answer.thenAccept(Answer::close);
                        });
              });
          return reply;
        });
  }

  private ServerCallHandler<UnaryCall.Message, byte[]> answering(UnaryCall.Method method) {
    return (call, headers) -> UnaryCall.begin(call, method, terms);
  }

  private static UnaryCall.Reply reply(PredictionRequest request, Answer answer) {
    Metadata headers = new Metadata();
    headers.put(SERVED_BY, answer.servedBy());
    return new UnaryCall.Reply(headers, request.write(answer));
  }

  private ServerCallHandler<UnaryCall.Message, byte[]> telling(UnaryOperator<byte[]> answer) {
    return answering(
        (message, call) ->
            CompletableFuture.completedFuture(
                new UnaryCall.Reply(new Metadata(), answer.apply(message))));
  }

  private static ServerCallHandler<UnaryCall.Message, byte[]> refusing(String why) {
    return (call, headers) -> {
      call.close(Status.UNIMPLEMENTED.withDescription(why), new Metadata());
      return new ServerCall.Listener<>() {};
    };
  }

  /** What reflection tells of a service. */
  private record Schema(FileDescriptor file) implements ProtoFileDescriptorSupplier {
    @Override
    public FileDescriptor getFileDescriptor() {
      return file;
    }
  }

  /** Messages that come are not parsed here, only decompressed. */
  private enum Incoming implements MethodDescriptor.Marshaller<UnaryCall.Message> {
    MARSHALLER;

    @Override
    public InputStream stream(UnaryCall.Message message) {
      throw new UnsupportedOperationException("a server sends no requests");
    }

    @Override
    public UnaryCall.Message parse(InputStream message) {
      return UnaryCall.Message.read(message);
    }
  }

  /** Answers are bytes already. */
  private enum Outgoing implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public InputStream stream(byte[] message) {
      return new ReadyMessage(message);
    }

    @Override
    public byte[] parse(InputStream message) {
      throw new UnsupportedOperationException("a server reads no answers");
    }
  }
}
