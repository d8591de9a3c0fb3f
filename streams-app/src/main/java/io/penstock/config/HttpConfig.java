package io.penstock.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the admin HTTP server listens. */
public record HttpConfig(Address listen) {

  public static final Syntax<Address> LISTEN =
      Syntax.of("host:port such as 127.0.0.1:8080; port 0 takes a free one", Address::read);

  /** Request APIs beside the streams: none in this release. */
  public static final Syntax<String> REQUEST_APIS = Syntax.choice(List.of("false")).notYet("true");

  public HttpConfig {
    Objects.requireNonNull(listen, "listen");
  }

  /** A host (name or literal address; IPv6 in brackets) and a port from 0 to 65535. */
  public record Address(String host, int port) {

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

    private static Optional<Address> read(String text) {
      Matcher matcher = TEXT.matcher(text);
      if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
        return Optional.empty();
      }
      String host = matcher.group(1).replaceAll("[\\[\\]]", "");
      return Optional.of(new Address(host, Integer.parseInt(matcher.group(2))));
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }
}
