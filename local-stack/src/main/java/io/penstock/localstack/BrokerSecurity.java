package io.penstock.localstack;

import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A broker that lets in, by TLS and SCRAM, whom it knows, and allows nobody anything that no access
 * control list allows him, but its administrator. Passwords are made anew each time. Immutable.
 */
final class BrokerSecurity {

  /** May do everything. */
  static final String ADMIN = "admin";

  private static final String BROKER = "broker";
  private static final String MECHANISM = "SCRAM-SHA-512";

  private final Path keystore;
  private final Path certificate;
  private final String keystorePassword = newPassword();
  private final Map<String, String> passwords = new TreeMap<>();

  /**
   * One that knows those users, and an administrator.
   *
   * @param folder for its key and its certificate; exists
   */
  BrokerSecurity(Path folder, Set<String> users) {
    keystore = folder.resolve("broker.p12");
    certificate = folder.resolve("broker.pem");
    Stream.concat(users.stream(), Stream.of(ADMIN))
        .forEach(user -> passwords.put(user, newPassword()));
    keytool(
        "-genkeypair",
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + BROKER,
        "-ext",
        "SAN=dns:localhost,ip:" + LoopbackPorts.HOST);
    keytool("-exportcert", "-rfc", "-file", certificate.toString());
  }

  /** What formats its folder with the users, as {@code kafka-storage.sh --add-scram} takes it. */
  List<String> scramArguments() {
    return passwords.entrySet().stream()
        .map(
            user -> "%s=[name=%s,password=%s]".formatted(MECHANISM, user.getKey(), user.getValue()))
        .toList();
  }

  /** The properties that make a {@link LocalKafka} so. */
  Map<String, String> brokerProperties() {
    Map<String, String> properties = new HashMap<>(trust());
    // The names of the listeners stay; between broker and controller a certificate counts.
    properties.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:SSL");
    properties.put("inter.broker.listener.name", "PLAINTEXT");
    properties.put("listener.name.controller.ssl.client.auth", "required");
    properties.put("ssl.keystore.location", keystore.toString());
    properties.put("ssl.keystore.password", keystorePassword);
    properties.put("ssl.key.password", keystorePassword);
    properties.put("sasl.enabled.mechanisms", MECHANISM);
    properties.put("sasl.mechanism.inter.broker.protocol", MECHANISM);
    properties.put("listener.name.plaintext.scram-sha-512.sasl.jaas.config", jaas(ADMIN));
    properties.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    properties.put("super.users", "User:%s;User:CN=%s".formatted(ADMIN, BROKER));
    return properties;
  }

  /**
   * What that user's clients need beside the address.
   *
   * @throws IllegalArgumentException if there is no such user
   */
  Map<String, String> clientKeys(String user) {
    Map<String, String> keys = new TreeMap<>(trust());
    keys.put("security.protocol", "SASL_SSL");
    keys.put("sasl.mechanism", MECHANISM);
    keys.put("sasl.jaas.config", jaas(user));
    return keys;
  }

  private Map<String, String> trust() {
    return Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", certificate.toString());
  }

  private String jaas(String user) {
    String password = passwords.get(user);
    if (password == null) {
      throw new IllegalArgumentException(
          "user: %s (expected: one of %s)".formatted(user, passwords.keySet()));
    }
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  /** Runs the JDK's keytool on the keystore. */
  private void keytool(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", BROKER, "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", keystore.toString()));
    // By a file, since everybody can see what is in a command line.
    command.addAll(List.of("-storepass:file", passwordFile().toString()));
    try {
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException("The broker's certificate was not made: " + said.strip());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The broker's certificate was not made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while making the broker's certificate", e);
    }
  }

  private Path passwordFile() {
    try {
      return Files.writeString(keystore.resolveSibling("keystore-password"), keystorePassword);
    } catch (IOException e) {
      throw new UncheckedIOException("The keystore's password was not written", e);
    }
  }

  private static String newPassword() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
