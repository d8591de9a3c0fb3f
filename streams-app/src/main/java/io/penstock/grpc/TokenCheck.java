package io.penstock.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.penstock.http.BearerToken;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets in who has the token; orchestrators ask for health, and have none. Thread-safe. */
record TokenCheck(BearerToken token) implements ServerInterceptor {

  private static final Logger log = LoggerFactory.getLogger(TokenCheck.class);

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
      return next.startCall(call, headers);
    }
    try {
      if (token.isIn(headers.get(AUTHORIZATION))) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.UNAUTHENTICATED.withDescription(
              "a token is needed (expected: authorization: Bearer …, requests.grpc.token-file)"),
          new Metadata());
    } catch (IOException e) {
      log.error(
          "requests.grpc.token-file cannot be read, and nobody is let in reason={}", e.toString());
      call.close(
          Status.UNAVAILABLE.withDescription("the service cannot read its token: see its log"),
          new Metadata());
    }
    return new ServerCall.Listener<>() {};
  }
}
