package io.penstock.config.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import java.util.Map;
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

  @Test
  void shouldAllowNothingElse() {
    assertThat(OAuthAccess.properties(Configs.minimal("sasl.mechanism: OAUTHBEARER"))).isEmpty();
  }
}
