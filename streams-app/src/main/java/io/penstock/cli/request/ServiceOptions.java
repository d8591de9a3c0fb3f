package io.penstock.cli.request;

import io.penstock.config.HttpConfig;
import io.penstock.config.PenstockConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which service is asked over HTTP, and how it is reached. */
final class ServiceOptions {

  private static final URI LOCAL = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Where the service answers (default: as the configuration says, if there is one, else"
              + " http://127.0.0.1:8080).")
  private @Nullable URI url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The token to send (default: the configuration's http.token-file).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description =
          "Certificates in PEM that the service's is signed by (default: what Java trusts).")
  private @Nullable Path trust;

  /**
   * What asks it.
   *
   * @param config the service's, where one is named
   * @param listen where a service of a configuration answers
   * @param key the one that says so, for messages
   */
  ServiceClient client(
      Optional<PenstockConfig> config,
      Function<PenstockConfig, HttpConfig.Address> listen,
      String key) {
    return new ServiceClient(
        url == null
            ? config.map(loaded -> here(loaded.http(), listen.apply(loaded))).orElse(LOCAL)
            : url,
        key,
        Optional.ofNullable(tokenFile).or(() -> config.flatMap(it -> it.http().tokenFile())),
        Optional.ofNullable(trust));
  }

  /** Where this machine reaches it. */
  private static URI here(HttpConfig http, HttpConfig.Address listen) {
    boolean isAny = listen.host().equals("0.0.0.0") || listen.host().equals("::");
    HttpConfig.Address here = isAny ? new HttpConfig.Address("127.0.0.1", listen.port()) : listen;
    return URI.create((http.tls().isPresent() ? "https" : "http") + "://" + here);
  }
}
