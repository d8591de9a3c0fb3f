package io.penstock.config.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import io.penstock.config.PenstockConfig;
import java.io.File;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OAuthAccessTest {

  @Test
  void shouldAllowWhatTheConfigurationNames() {
    Map<String, String> properties =
        OAuthAccess.properties(
            Configs.minimal(
                "sasl.oauthbearer.token.endpoint.url: https://idp/token",
                "admin.sasl.oauthbearer.token.endpoint.url: https://other/token",
                "sasl.oauthbearer.assertion.private.key.file: /run/secrets/key.pem"));

    assertThat(properties)
        .containsOnly(
            Map.entry(OAuthAccess.URLS, "https://idp/token,https://other/token"),
            Map.entry(OAuthAccess.FILES, "/run/secrets/key.pem"));
  }

  /** Kafka compares absolute paths. */
  @Test
  void shouldAllowARelativeFile() {
    assertThat(
            OAuthAccess.properties(
                Configs.minimal("sasl.oauthbearer.assertion.file: keys/assertion.jwt")))
        .containsOnly(
            Map.entry(OAuthAccess.FILES, new File("keys/assertion.jwt").getAbsolutePath()));
  }

  @Test
  void shouldAllowWhatAReloadNamesButKeepWhatSomebodyHasSet() {
    String before = System.getProperty(OAuthAccess.URLS);
    String filesBefore = System.getProperty(OAuthAccess.FILES);
    try {
      System.clearProperty(OAuthAccess.URLS);
      System.setProperty(OAuthAccess.FILES, "/set");

      OAuthAccess.allow(url("https://b/token"));
      OAuthAccess.allow(url("https://a/token"));
      OAuthAccess.allow(Configs.minimal("sasl.oauthbearer.assertion.file: /other"));

      assertThat(System.getProperty(OAuthAccess.URLS)).contains("https://a/token,https://b/token");
      assertThat(System.getProperty(OAuthAccess.FILES)).isEqualTo("/set");
    } finally {
      restore(OAuthAccess.URLS, before);
      restore(OAuthAccess.FILES, filesBefore);
    }
  }

  private static PenstockConfig url(String url) {
    return Configs.minimal("sasl.oauthbearer.token.endpoint.url: " + url);
  }

  private static void restore(String property, @Nullable String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  @Test
  void shouldAllowNothingElse() {
    assertThat(OAuthAccess.properties(Configs.minimal("sasl.mechanism: OAUTHBEARER"))).isEmpty();
  }
}
