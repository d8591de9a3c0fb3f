package io.penstock.grpc;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.penstock.config.GrpcConfig;
import io.penstock.config.HttpConfig;
import io.penstock.grpc.message.ModelMessages;
import io.penstock.http.AdminServerException;
import io.penstock.http.BearerToken;
import io.penstock.http.StoreFile;
import io.penstock.http.serving.ModelView;
import io.penstock.requests.DoorThreads;
import io.penstock.requests.RequestDoor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server that answers TensorFlow Serving's gRPC services, {@code grpc.health.v1.Health} and
 * {@code grpc.reflection.v1.ServerReflection}, that as {@code v1alpha}, too. Daemon threads; {@link
 * #close} is idempotent.
 */
public final class GrpcServer implements AutoCloseable {

  /** How often health is looked at, for those who watch it. */
  private static final Duration HEALTH_INTERVAL = Duration.ofMillis(500);

  /** Calls that one connection has at the same time; more wait at the client. */
  private static final int MAX_CALLS = 1024;

  /**
   * Deadlines that are over reset their streams, too; a flood of nothing else ends (HTTP/2 rapid
   * reset).
   */
  private static final int MAX_RESETS = 20_000;

  private static final int RESET_WINDOW_SECONDS = 10;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

  private final Server server;
  private final EventLoopGroup loops;
  private final ExecutorService readers;
  private final ScheduledExecutorService health;

  private GrpcServer(
      Server server,
      EventLoopGroup loops,
      ExecutorService readers,
      ScheduledExecutorService health) {
    this.server = server;
    this.loops = loops;
    this.readers = readers;
    this.health = health;
  }

  /**
   * What is answered.
   *
   * @param doors by model; empty for one that is not served here, and refuses what is not yet
   * @param models what is known of a model by name; empty of one that is not served here
   * @param isReady whether the service is
   * @param writers runs what makes messages of answers
   */
  public record Answers(
      Function<String, Optional<RequestDoor>> doors,
      Function<String, Optional<ModelView>> models,
      BooleanSupplier isReady,
      Executor writers) {}

  /**
   * What a call may take.
   *
   * @param maxMessage bytes of a message
   * @param maxInflow bytes of messages that are coming in, over all calls
   * @param timeout how long a call may take, from its beginning to its answer; its client may take
   *     as long again
   */
  public record Limits(int maxMessage, long maxInflow, Duration timeout) {}

  /**
   * Starts a server.
   *
   * @throws AdminServerException if it cannot listen there, or lacks its certificate or token
   */
  public static GrpcServer start(GrpcConfig config, Answers answers, Limits limits) {
    ServerCredentials credentials = credentials(config);
    Optional<TokenCheck> token =
        config
            .tokenFile()
            .map(file -> new TokenCheck(new BearerToken("requests.grpc.token-file", file)));
    ServingSchema schema = ServingSchema.load();
    int processors = Runtime.getRuntime().availableProcessors();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            processors, DoorThreads.named("grpc-io"), NioIoHandler.newFactory());
    ExecutorService readers = Executors.newFixedThreadPool(processors, DoorThreads.named("grpc"));
    List<ServerServiceDefinition> services =
        new ServingServices(
                schema,
                answers.doors(),
                new ModelMessages(answers.models(), schema::dataType),
                new UnaryCall.Terms(limits.timeout(), readers),
                answers.writers())
            .definitions();
    HealthStatusManager health = new HealthStatusManager();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(config.listen().host(), config.listen().port()), credentials)
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .callExecutor(new CallThreads(readers, token.isPresent()))
            .maxConcurrentCallsPerConnection(MAX_CALLS)
            .maxInboundMessageSize(limits.maxMessage())
            .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
            .addStreamTracerFactory(
                new Inflow(limits.maxInflow(), limits.timeout().multipliedBy(2)))
            .addServices(services)
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(oldReflection());
    token.ifPresent(builder::intercept);
    ScheduledExecutorService watch =
        Executors.newSingleThreadScheduledExecutor(DoorThreads.named("grpc-health"));
    GrpcServer server = new GrpcServer(builder.build(), loops, readers, watch);
    Runnable look = () -> tell(health, services, answers.isReady());
    look.run();
    try {
      server.server.start();
    } catch (IOException e) {
      server.close();
      throw new AdminServerException(
          "requests.grpc.listen: "
              + config.listen()
              + " cannot be listened on (expected: an address of this machine and a port that is"
              + " free; port 0 takes any)",
          e);
    }
    var unused =
        watch.scheduleWithFixedDelay(
            look, HEALTH_INTERVAL.toMillis(), HEALTH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return server;
  }

  /** As tools ask that are older than the first version which is no draft. */
  @SuppressWarnings("deprecation")
  private static BindableService oldReflection() {
    return ProtoReflectionService.newInstance();
  }

  /** Of the server as a whole, which has no name, and of each service. */
  private static void tell(
      HealthStatusManager health, List<ServerServiceDefinition> services, BooleanSupplier isReady) {
    ServingStatus status = status(isReady);
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    services.forEach(service -> health.setStatus(service.getServiceDescriptor().getName(), status));
  }

  /** Whoever asks for health hears no more of it once this throws. */
  private static ServingStatus status(BooleanSupplier isReady) {
    try {
      return isReady.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    } catch (RuntimeException e) {
      log.error("the health of the service cannot be told over gRPC", e);
      return ServingStatus.NOT_SERVING;
    }
  }

  private static ServerCredentials credentials(GrpcConfig config) {
    if (config.tls().isEmpty()) {
      return InsecureServerCredentials.create();
    }
    HttpConfig.Tls own = config.tls().get();
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(StoreFile.open("requests.grpc.tls.keystore", own), own.password().toCharArray());
      TlsServerCredentials.Builder tls =
          TlsServerCredentials.newBuilder().keyManager(keys.getKeyManagers());
      if (config.clients().isPresent()) {
        TrustManagerFactory trusted =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(StoreFile.open("requests.grpc.tls.truststore", config.clients().get()));
        tls.trustManager(trusted.getTrustManagers())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      }
      return tls.build();
    } catch (GeneralSecurityException e) {
      throw new AdminServerException(
          "requests.grpc.tls.keystore: %s has no key that can be used (expected: one with its certificate, of the keystore's password): %s"
              .formatted(own, e.getMessage()),
          e);
    }
  }

  /** The port that is listened on: the configured one, or the free one that was taken. */
  public int port() {
    return server.getPort();
  }

  /** Ends calls that are not answered, and the server. */
  @Override
  public void close() {
    health.shutdownNow();
    try {
      // Until then it hands the ends of calls to the threads.
      server.shutdownNow().awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      readers.shutdown();
      var unused = loops.shutdownGracefully(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
