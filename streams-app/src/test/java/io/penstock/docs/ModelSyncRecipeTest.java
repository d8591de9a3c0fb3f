package io.penstock.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.penstock.testkit.Penstock;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The recipe that fills a pod's volume with versions: what ModelSyncIT shows of its script holds if
 * the script is started as here.
 */
final class ModelSyncRecipeTest {

  private static final String SCRIPT = "sync-models.sh";

  private JsonNode pod = new YAMLMapper().createObjectNode();

  @BeforeEach
  void readRecipe() throws IOException {
    pod = yaml("model-sync.yaml").at("/spec/template/spec");
  }

  private static JsonNode yaml(String file) throws IOException {
    return new YAMLMapper()
        .readTree(Penstock.root().resolve("deploy/kubernetes").resolve(file).toFile());
  }

  /** A patch finds what it changes by these names. */
  @Test
  void shouldPatchTheDeploymentThatServesTheModel() throws IOException {
    JsonNode deployment = yaml("deployment.yaml");
    String target = container("/containers", "sync").at("/command/2").asText();

    assertThat(yaml("model-sync.yaml").at("/metadata/name"))
        .isEqualTo(deployment.at("/metadata/name"));
    assertThat(deployment.at("/spec/template/spec/containers/0/name").asText())
        .isEqualTo("penstock");
    assertThat(deployment.at("/spec/template/spec/volumes").findValuesAsText("name"))
        .contains(pod.at("/volumes/0/name").asText());
    assertThat(yaml("configmap.yaml").at("/data/penstock.yaml").asText())
        .contains("path: " + target + "\n", "complete-when: manifest\n");
  }

  @Test
  void shouldFillTheVolumeOnceBeforeTheServiceStartsAndThenAgainAndAgain() {
    List<String> first = texts(container("/initContainers", "first-sync").path("command"));
    List<String> sidecar = texts(container("/containers", "sync").path("command"));

    assertThat(Penstock.root().resolve("examples").resolve(SCRIPT)).isExecutable();
    assertThat(first).hasSize(4).startsWith(SCRIPT).endsWith("0");
    assertThat(sidecar.subList(0, 3)).isEqualTo(first.subList(0, 3));
    assertThat(Integer.parseInt(sidecar.get(3))).isPositive();
    assertThat(container("/containers", "sync").path("env"))
        .isEqualTo(container("/initContainers", "first-sync").path("env"))
        .anySatisfy(variable -> assertThat(variable.path("name").asText()).isEqualTo("FETCH"));
  }

  @Test
  void shouldHaveAllContainersShareTheVolume() {
    String target = container("/containers", "sync").at("/command/2").asText();

    for (JsonNode filling :
        List.of(container("/initContainers", "first-sync"), container("/containers", "sync"))) {
      assertThat(mount(filling).path("readOnly").asBoolean()).isFalse();
      assertThat(target).startsWith(mount(filling).path("mountPath").asText() + "/");
    }
    JsonNode serving = mount(container("/containers", "penstock"));
    assertThat(serving.path("readOnly").asBoolean()).isTrue();
    assertThat(target).startsWith(serving.path("mountPath").asText() + "/");
    assertThat(pod.at("/volumes/0/emptyDir").isObject()).isTrue();
    assertThat(pod.at("/volumes/0/persistentVolumeClaim").isNull()).isTrue();
  }

  private JsonNode mount(JsonNode container) {
    JsonNode mount = container.at("/volumeMounts/0");
    assertThat(mount.path("name")).isEqualTo(pod.at("/volumes/0/name"));
    return mount;
  }

  private JsonNode container(String list, String name) {
    return pod.at(list)
        .valueStream()
        .filter(container -> container.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }
}
