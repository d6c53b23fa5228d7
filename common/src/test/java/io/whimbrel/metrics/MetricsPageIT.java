// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The operator's page lists what the code registers, row by row, and nothing else. */
class MetricsPageIT {
  @Test
  void table_saysWhatTheCatalogueSays() throws IOException {
    List<String> rows =
        Files.readAllLines(page()).stream()
            .filter(line -> line.startsWith("| `whimbrel_"))
            .toList();

    assertThat(rows).containsExactlyInAnyOrderElementsOf(catalogueRows());
  }

  private static List<String> catalogueRows() {
    return Arrays.stream(Metric.values()).map(MetricsPageIT::row).toList();
  }

  private static String row(Metric metric) {
    String labels =
        metric.labels().isEmpty()
            ? "none"
            : metric.labels().stream().map(l -> "`" + l + "`").collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "| `%s` | %s | %s | %s | %s |",
        metric.family(),
        metric.type().name().toLowerCase(Locale.ROOT),
        labels,
        metric.help(),
        metric.servedBy().name().toLowerCase(Locale.ROOT));
  }

  /** Maven runs a module's tests in the module's directory; an IDE may run them in the root. */
  private static Path page() {
    Path directory = Path.of("").toAbsolutePath();
    while (directory != null) {
      Path page = directory.resolve("docs/operating/metrics.md");
      if (Files.exists(page)) {
        return page;
      }
      directory = directory.getParent();
    }
    throw new AssertionError("docs/operating/metrics.md is not above the working directory");
  }
}
