package io.penstock.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.penstock.config.GrpcConfig;
import io.penstock.config.HttpConfig;
import io.penstock.http.AdminServerException;
import io.penstock.http.OneModel;
import io.penstock.testkit.Identity;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who proves who he is, and who is let in. */
final class GrpcSecurityTest {

  private static final String PASSWORD = "changeit";

  @TempDir private static Path folder;

  private static Identity service;
  private static Identity client;
  private static Identity stranger;

  @BeforeAll
  static void make() {
    service = Identity.make(folder, "service", PASSWORD);
    client = Identity.make(folder, "client", PASSWORD);
    stranger = Identity.make(folder, "stranger", PASSWORD);
  }

  @Test
  void shouldProveWhoItIsAndAskItOfClients() throws Exception {
    try (OneGrpcServer server = server(Optional.of(tls(service.trusting(client))))) {
      assertThat(status(server, Optional.of(client))).isEqualTo(Status.Code.OK);
      assertThat(status(server, Optional.of(stranger))).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status(server, Optional.empty())).isEqualTo(Status.Code.UNAVAILABLE);
    }
    try (OneGrpcServer server = server(Optional.empty())) {
      assertThat(status(server, Optional.empty())).isEqualTo(Status.Code.OK);
    }
  }

  private static OneGrpcServer server(Optional<HttpConfig.Tls> clients) {
    return new OneGrpcServer(
        new OneModel(),
        new GrpcConfig(
            OneGrpcServer.ANYWHERE,
            Optional.of(tls(service.keystore())),
            clients,
            Optional.empty()),
        Duration.ofMinutes(1));
  }

  private static HttpConfig.Tls tls(Path store) {
    return new HttpConfig.Tls(store, PASSWORD);
  }

  /** What comes of a call over TLS by that client, or one without a certificate. */
  private static Status.Code status(OneGrpcServer server, Optional<Identity> who) throws Exception {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder()
            .trustManager(trust(stranger.trusting(service)).getTrustManagers());
    if (who.isPresent()) {
      credentials.keyManager(keys(who.get()).getKeyManagers());
    }
    ChannelCredentials built = credentials.build();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.server.port(), built).build();
    try {
      new TextClient(channel)
          .call("ModelService", "GetModelStatus", "model_spec {name: 'half_plus_two'}");
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow();
    }
  }

  private static TrustManagerFactory trust(Path store)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(open(store));
    return trust;
  }

  private static KeyManagerFactory keys(Identity who) throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(open(who.keystore()), PASSWORD.toCharArray());
    return keys;
  }

  private static KeyStore open(Path store) throws IOException, GeneralSecurityException {
    KeyStore opened = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(store.toFile())) {
      opened.load(in, PASSWORD.toCharArray());
    }
    return opened;
  }

  @Test
  void shouldLetInWhoHasTheToken() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
    try (OneGrpcServer server =
        new OneGrpcServer(
            new OneModel(),
            new GrpcConfig(
                OneGrpcServer.ANYWHERE, Optional.empty(), Optional.empty(), Optional.of(token)),
            Duration.ofMinutes(1))) {
      assertThat(withToken(server, "Bearer s3cret")).isEqualTo(Status.Code.OK);
      assertThat(withToken(server, "Bearer other")).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(withToken(server, "")).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(
              HealthGrpc.newBlockingStub(server.channel)
                  .check(HealthCheckRequest.getDefaultInstance())
                  .getStatus())
          .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);

      Files.delete(token);

      assertThat(withToken(server, "Bearer s3cret")).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  private static Status.Code withToken(OneGrpcServer server, String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    ClientInterceptor authorizing = MetadataUtils.newAttachHeadersInterceptor(headers);
    try {
      new TextClient(ClientInterceptors.intercept(server.channel, authorizing), CallOptions.DEFAULT)
          .call("ModelService", "GetModelStatus", "model_spec {name: 'half_plus_two'}");
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void shouldSayWhatIsWrongWithItsFiles() {
    GrpcConfig wrongPassword =
        new GrpcConfig(
            OneGrpcServer.ANYWHERE,
            Optional.of(new HttpConfig.Tls(service.keystore(), "another")),
            Optional.empty(),
            Optional.empty());
    GrpcConfig noToken =
        new GrpcConfig(
            OneGrpcServer.ANYWHERE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(folder.resolve("nowhere")));

    assertFails(wrongPassword, "requests.grpc.tls.keystore: ");
    assertFails(noToken, "requests.grpc.token-file: ");
  }

  private static void assertFails(GrpcConfig config, String message) {
    try (OneModel model = new OneModel()) {
      assertThatThrownBy(() -> new OneGrpcServer(model, config, Duration.ofMinutes(1)))
          .isInstanceOf(AdminServerException.class)
          .hasMessageContaining(message)
          .hasMessageNotContaining("another");
    }
  }
}
