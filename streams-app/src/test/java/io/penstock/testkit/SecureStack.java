package io.penstock.testkit;

import io.penstock.localstack.LocalStack;
import io.penstock.localstack.host.LoopbackPorts;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A local stack whose broker allows nobody anything that no access control list allows him: by TLS
 * with SCRAM, PLAIN or a token of an identity provider, or with a certificate of one's own. A third
 * door without TLS is the administrator's, who may do everything.
 */
public record SecureStack(
    LocalStack stack,
    IdentityProvider identities,
    Identity broker,
    Identity client,
    int port,
    int saslPort,
    int mutualTlsPort)
    implements TestStack {

  /** The client's name, and what it says of itself with SCRAM and with PLAIN. */
  public static final String USER = "penstock";

  public static final String PASSWORD = "planted-password";

  private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearer";

  /** Kafka asks no URL that is not in this property, in the broker's process as in a client's. */
  private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

  /** A running one. */
  public static SecureStack open(Path folder) {
    int port = LoopbackPorts.free();
    int saslPort = LoopbackPorts.free();
    int mutualTlsPort = LoopbackPorts.free();
    int controller = LoopbackPorts.free();
    Identity broker = Identity.make(folder, "broker", PASSWORD);
    Identity client = Identity.make(folder, USER, PASSWORD);
    IdentityProvider identities = new IdentityProvider(USER, PASSWORD);
    System.setProperty(ALLOWED_URLS, identities.keysUrl());
    Map<String, String> properties = new HashMap<>();
    String doors =
        "PLAINTEXT://%s,SASL://%s,MUTUAL://%s"
            .formatted(address(port), address(saslPort), address(mutualTlsPort));
    properties.put("listeners", doors + ",CONTROLLER://" + address(controller));
    properties.put("advertised.listeners", doors);
    properties.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,SASL:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT");
    properties.put("controller.quorum.voters", "1@" + address(controller));
    properties.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    properties.put("super.users", "User:ANONYMOUS");
    properties.put("ssl.keystore.location", broker.keystore().toString());
    properties.put("ssl.keystore.password", PASSWORD);
    properties.put("ssl.key.password", PASSWORD);
    properties.put("ssl.truststore.location", broker.trusting(client).toString());
    properties.put("ssl.truststore.password", PASSWORD);
    properties.put("listener.name.mutual.ssl.client.auth", "required");
    properties.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN,OAUTHBEARER");
    properties.put(
        "listener.name.sasl.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    properties.put(
        "listener.name.sasl.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
            .formatted(USER, PASSWORD));
    properties.putAll(believing(identities));
    SecureStack secure =
        new SecureStack(
            LocalStack.start(properties),
            identities,
            broker,
            client,
            port,
            saslPort,
            mutualTlsPort);
    secure.addScramUser();
    return secure;
  }

  private static Map<String, String> believing(IdentityProvider identities) {
    return Map.of(
        "listener.name.sasl.oauthbearer.sasl.jaas.config",
        OAUTH + "LoginModule required;",
        "listener.name.sasl.oauthbearer.sasl.server.callback.handler.class",
        OAUTH + "ValidatorCallbackHandler",
        "sasl.oauthbearer.jwks.endpoint.url",
        identities.keysUrl(),
        "sasl.oauthbearer.expected.issuer",
        identities.issuer(),
        "sasl.oauthbearer.expected.audience",
        IdentityProvider.AUDIENCE);
  }

  private void addScramUser() {
    try (Admin admin = admin()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The administrator. */
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
  }

  /** What a client needs to know of the door of that mechanism. */
  public Map<String, String> sasl(String mechanism, String password) {
    String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
    Map<String, String> keys = tls(saslPort, "SASL_SSL");
    keys.put("sasl.mechanism", mechanism);
    keys.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
            .formatted(module, USER, password));
    return keys;
  }

  /** What a client needs to know of that door to come with tokens. */
  public Map<String, String> oauth(String secret) {
    Map<String, String> keys = tls(saslPort, "SASL_SSL");
    keys.put("sasl.mechanism", "OAUTHBEARER");
    keys.put("sasl.jaas.config", OAUTH + "LoginModule required;");
    keys.put("sasl.login.callback.handler.class", OAUTH + "LoginCallbackHandler");
    keys.put("sasl.oauthbearer.token.endpoint.url", identities.tokenUrl());
    keys.put("sasl.oauthbearer.client.credentials.client.id", USER);
    keys.put("sasl.oauthbearer.client.credentials.client.secret", secret);
    return keys;
  }

  /** What a client needs to know of the door for those with a certificate. */
  public Map<String, String> mutualTls() {
    Map<String, String> keys = tls(mutualTlsPort, "SSL");
    keys.put("ssl.keystore.location", client.keystore().toString());
    keys.put("ssl.keystore.password", PASSWORD);
    keys.put("ssl.key.password", PASSWORD);
    return keys;
  }

  private Map<String, String> tls(int toPort, String protocol) {
    Map<String, String> keys = new HashMap<>();
    keys.put("bootstrap.servers", address(toPort));
    keys.put("security.protocol", protocol);
    keys.put("ssl.truststore.location", client.trusting(broker).toString());
    keys.put("ssl.truststore.password", PASSWORD);
    return keys;
  }

  private static String address(int port) {
    return LoopbackPorts.HOST + ":" + port;
  }

  @Override
  public String bootstrapServers() {
    return address(port);
  }

  @Override
  public String registryUrl() {
    return stack.registry().url();
  }

  @Override
  public void close() {
    stack.close();
    identities.close();
    System.clearProperty(ALLOWED_URLS);
  }
}
