package io.penstock.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;

/**
 * A client that was not made for Penstock: it has the definitions, and reads and writes messages by
 * protobuf's own code. Messages are texts, with ' for ".
 */
public final class TextClient {

  private static final ServingSchema SCHEMA = ServingSchema.load();

  private final Channel channel;
  private final CallOptions options;

  public TextClient(Channel channel) {
    this(channel, CallOptions.DEFAULT);
  }

  TextClient(Channel channel, CallOptions options) {
    this.channel = channel;
    this.options = options;
  }

  /** Calls a method and waits for its answer. */
  public DynamicMessage call(String service, String method, String request) {
    MethodDescriptor described = SCHEMA.service(service).findMethodByName(method);
    return ClientCalls.blockingUnaryCall(
        channel, grpc(described), options, message(described.getInputType(), request));
  }

  /** The same without waiting, for one who does not want to know what comes of it. */
  ClientCall<DynamicMessage, DynamicMessage> begin(String service, String method, String request) {
    MethodDescriptor described = SCHEMA.service(service).findMethodByName(method);
    ClientCall<DynamicMessage, DynamicMessage> call = channel.newCall(grpc(described), options);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage(message(described.getInputType(), request));
    call.halfClose();
    return call;
  }

  /** A message of {@code tensorflow.serving}. */
  public static DynamicMessage message(String type, String text) {
    return message(SCHEMA.message(type), text);
  }

  private static DynamicMessage message(Descriptor type, String text) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    try {
      TextFormat.merge(text.replace('\'', '"'), message);
    } catch (TextFormat.ParseException e) {
      throw new AssertionError(text, e);
    }
    return message.build();
  }

  private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpc(
      MethodDescriptor method) {
    return io.grpc.MethodDescriptor.newBuilder(
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())),
            ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
        .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(
            io.grpc.MethodDescriptor.generateFullMethodName(
                method.getService().getFullName(), method.getName()))
        .build();
  }
}
