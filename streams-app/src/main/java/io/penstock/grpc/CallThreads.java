package io.penstock.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * On which threads calls are served: as a rule on the one that reads their connection, since to
 * hand over a small message costs more than to decode it. Elsewhere is served what might keep all
 * others of a connection waiting: where a token is read from a file, and where a message has to be
 * decompressed; what turns out to be large is handed over once it is there ({@link UnaryCall}).
 *
 * @param others serve what is not served where it is read
 * @param hasToken whether a token is asked for
 */
record CallThreads(Executor others, boolean hasToken) implements ServerCallExecutorSupplier {

  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private static final String NOT_COMPRESSED = "identity";

  @Override
  public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
    return hasToken || isCompressed(headers) ? others : null;
  }

  private static boolean isCompressed(Metadata headers) {
    String encoding = headers.get(ENCODING);
    return encoding != null && !encoding.equals(NOT_COMPRESSED);
  }
}
