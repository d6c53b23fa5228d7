// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark is compiled when it is run: here a change of what it uses shows at once. */
class BenchmarkSourcesIT {

  @Test
  void benchmark_compiles(@TempDir Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      compiler
          .getTask(
              null,
              files,
              diagnostics,
              options,
              null,
              files.getJavaFileObjectsFromPaths(javaIn("bench/src")))
          .call();
    }

    assertThat(diagnostics.getDiagnostics())
        .filteredOn(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .isEmpty();
    assertThat(classes.resolve("Bench.class")).exists();
  }

  @Test
  void help_namesEveryRow() throws IOException {
    String help = Files.readString(DeployFiles.file("bench/run.sh"));
    String settings = Files.readString(DeployFiles.file("bench/src/Settings.java"));
    Matcher rows = Pattern.compile("ROWS =\\s+List\\.of\\(([^)]*)\\)").matcher(settings);

    assertThat(rows.find()).isTrue();
    assertThat(rows.group(1).replaceAll("[\"\\s]", "").split(",", -1))
        .hasSizeGreaterThan(10)
        .allSatisfy(row -> assertThat(help).containsPattern("\\b" + row + "\\b"));
  }

  private static List<Path> javaIn(String directory) throws IOException {
    try (Stream<Path> files = Files.list(DeployFiles.file(directory))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
