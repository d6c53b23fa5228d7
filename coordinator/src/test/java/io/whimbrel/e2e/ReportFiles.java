// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The report files of the newest run in a directory. */
record ReportFiles(Path page, JsonNode json, String html) {

  static ReportFiles newestIn(Path reports) throws IOException {
    try (Stream<Path> all = Files.walk(reports, 2)) {
      List<Path> files =
          all.filter(file -> file.endsWith("report.json"))
              .sorted(Comparator.comparing(file -> file.toFile().lastModified()))
              .toList();
      assertThat(files).as("reports in %s", reports).isNotEmpty();
      Path json = files.get(files.size() - 1);
      Path page = json.resolveSibling("report.html");
      return new ReportFiles(
          page, new ObjectMapper().readTree(Files.readString(json)), Files.readString(page));
    }
  }

  long number(String pointer) {
    JsonNode value = json.at(pointer);
    assertThat(value.isNumber()).as(pointer).isTrue();
    return value.longValue();
  }

  String text(String pointer) {
    return json.at(pointer).asText();
  }
}
