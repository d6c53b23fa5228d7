// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class YamlFilesIT {
  static List<Path> yamlFiles() throws IOException {
    return DeployFiles.yamlFiles();
  }

  @ParameterizedTest
  @MethodSource("yamlFiles")
  void file_holdsOnlyObjects(Path file) throws IOException {
    assertThat(DeployFiles.yamlDocuments(file)).isNotEmpty().allMatch(JsonNode::isObject);
  }

  @Test
  void kustomization_listsEveryManifestButTheExample() throws IOException {
    Set<String> listed = new TreeSet<>();
    DeployFiles.yaml("kubernetes/kustomization.yaml")
        .get("resources")
        .forEach(name -> listed.add(name.asText()));

    assertThat(manifests().stream().map(path -> path.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(listed);
  }

  @Test
  void manifests_nameNoNamespace() throws IOException {
    for (Path manifest : manifests()) {
      for (JsonNode document : DeployFiles.yamlDocuments(manifest)) {
        assertThat(document.at("/metadata/namespace").isMissingNode()).as("%s", manifest).isTrue();
      }
    }
  }

  @Test
  void exampleSecret_holdsNoValue() throws IOException {
    JsonNode secret = DeployFiles.yaml("kubernetes/secret.example.yaml");

    assertThat(secret.get("stringData")).isNotEmpty().allMatch(value -> value.asText().isEmpty());
    assertThat(secret.has("data")).isFalse();
  }

  @Test
  void mountedFiles_exist_whereComposeLooksForThem() throws IOException {
    Path docker = DeployFiles.file("docker");
    for (JsonNode service : DeployFiles.yaml("docker/compose.yaml").get("services")) {
      for (JsonNode volume : service.path("volumes")) {
        String source = volume.asText().split(":", 2)[0];
        if (source.startsWith(".")) {
          assertThat(Files.isDirectory(docker.resolve(source))).as(source).isTrue();
        }
      }
    }
  }

  private static List<Path> manifests() throws IOException {
    return DeployFiles.yamlFiles().stream()
        .filter(path -> path.startsWith(DeployFiles.file("kubernetes")))
        .filter(path -> !path.endsWith("kustomization.yaml"))
        .filter(path -> !path.endsWith("secret.example.yaml"))
        .toList();
  }
}
