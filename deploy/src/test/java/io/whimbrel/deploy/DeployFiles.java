// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Finds and reads the files of the deploy directory. */
final class DeployFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DeployFiles() {}

  /** The deploy directory, whether the tests run in it or above it. */
  static Path directory() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("bin/launch.sh")) ? here : here.resolve("deploy");
  }

  static Path file(String name) {
    return directory().resolve(name);
  }

  static List<Path> named(Predicate<String> name) throws IOException {
    Path target = file("target");
    try (Stream<Path> files = Files.walk(directory())) {
      return files
          .filter(Files::isRegularFile)
          .filter(path -> !path.startsWith(target))
          .filter(path -> name.test(path.getFileName().toString()))
          .sorted()
          .toList();
    }
  }

  static List<Path> yamlFiles() throws IOException {
    return named(name -> name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  static JsonNode json(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }

  /**
   * Reads every document of a file, with anchors and merges resolved; a repeated key is an error.
   */
  static List<JsonNode> yamlDocuments(Path file) throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    List<JsonNode> documents = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file)) {
      for (Object document : new Yaml(new SafeConstructor(options)).loadAll(reader)) {
        documents.add(
            document == null ? JsonNodeFactory.instance.nullNode() : JSON.valueToTree(document));
      }
    }
    return documents;
  }

  static JsonNode yaml(String name) throws IOException {
    return yamlDocuments(file(name)).get(0);
  }
}
