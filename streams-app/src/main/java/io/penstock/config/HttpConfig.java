package io.penstock.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the admin HTTP server listens, and whom it answers.
 *
 * @param tls how it proves who it is; empty: it speaks plain HTTP
 * @param tokenFile the file with the token that callers must send; empty: it answers everybody
 */
public record HttpConfig(Address listen, Optional<Tls> tls, Optional<Path> tokenFile) {

  public static final Syntax<Address> LISTEN =
      Syntax.of("host:port such as 127.0.0.1:8080; port 0 takes a free one", Address::read);

  public HttpConfig {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(tokenFile, "tokenFile");
  }

  /** The same on another address. */
  public HttpConfig on(Address other) {
    return new HttpConfig(other, tls, tokenFile);
  }

  /** Plain HTTP for everybody. */
  public static HttpConfig plain(Address listen) {
    return new HttpConfig(listen, Optional.empty(), Optional.empty());
  }

  /**
   * A certificate with its key. Never prints the password.
   *
   * @param keystore PKCS12 or JKS
   * @param password of the keystore and of the key in it
   */
  public record Tls(Path keystore, String password) {

    public Tls {
      Objects.requireNonNull(keystore, "keystore");
      Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
      return keystore.toString();
    }
  }

  /** A host (name or literal address; IPv6 in brackets) and a port from 0 to 65535. */
  public record Address(String host, int port) {

    /** IPv4's {@code 127.0.0.0/8} and IPv6's {@code ::1}. */
    private static final Pattern LOOPBACK =
        Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|0:0:0:0:0:0:0:1");

    private static final Pattern TEXT =
        Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:]+):([0-9]{1,5})");

    public Address {
      if (host.isBlank()) {
        throw new IllegalArgumentException("host: " + host + " (expected: a name or address)");
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 0-65535)");
      }
    }

    static Optional<Address> read(String text) {
      Matcher matcher = TEXT.matcher(text);
      if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
        return Optional.empty();
      }
      String host = matcher.group(1).replaceAll("[\\[\\]]", "");
      return Optional.of(new Address(host, Integer.parseInt(matcher.group(2))));
    }

    /** Whether only this machine reaches it, as far as its text says. */
    public boolean isLoopback() {
      return LOOPBACK.matcher(host).matches();
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }
}
