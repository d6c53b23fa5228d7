// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launchers with a jar that tells how it was started. */
class LaunchersIT {

  private static final int HEAP_MEGABYTES =
      352 + 32 * Math.min(12, Runtime.getRuntime().availableProcessors());
  private final Path directory;

  LaunchersIT(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>(DeployFiles.named(name -> name.endsWith(".sh")));
    scripts.add(DeployFiles.file("bin/whimbrel"));
    scripts.add(DeployFiles.file("bin/whimbrel-worker"));
    return scripts;
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void script_isWellFormed(Path script) throws Exception {
    Run run = start(Map.of(), "sh", "-n", script.toString());

    assertThat(run.errors()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "whimbrel, lib/whimbrel.jar",
    "whimbrel, coordinator/target/whimbrel.jar",
    "whimbrel-worker, lib/whimbrel-worker.jar",
    "whimbrel-worker, worker/target/whimbrel-worker.jar",
  })
  void launcher_findsItsJar_inWhatWhimbrelHomeNames(String launcher, String jar) throws Exception {
    Path home = Files.createDirectory(directory.resolve("a home"));
    writeJar(home.resolve(jar));

    Run run = launch(Map.of("WHIMBREL_HOME", home.toString()), launcher, "get", "an id", "");

    assertThat(run.errors()).isEmpty();
    assertThat(run.output()).contains("argument=get", "argument=an id", "argument=");
    assertThat(run.exitCode()).isEqualTo(7);
  }

  @Test
  void launcher_findsTheJarBesideIt_throughALink() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("opt/bin"));
    for (String name : List.of("whimbrel", "launch.sh")) {
      Files.copy(DeployFiles.file("bin").resolve(name), bin.resolve(name));
    }
    writeJar(directory.resolve("opt/lib/whimbrel.jar"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("opt/bin/whimbrel"));

    assertThat(start(Map.of(), "sh", link.toString()).exitCode()).isEqualTo(7);
  }

  @Test
  void launcher_becomesJava_boundedAndOpenedForTheGrid() throws Exception {
    Run run = launch(home(), "whimbrel");

    assertThat(run.output())
        .contains("pid=" + run.pid())
        .contains("option=-Xmx" + HEAP_MEGABYTES + "m", "option=--add-modules=java.se")
        .contains("option=--add-opens=java.base/java.nio=ALL-UNNAMED");
  }

  @Test
  void javaOptions_replaceTheBounds_andNotTheModuleFlags() throws Exception {
    Run run = launch(with(home(), "WHIMBREL_JAVA_OPTS", "-Xmx64m -Dx=y"), "whimbrel");

    assertThat(run.output())
        .contains("option=-Xmx64m", "option=-Dx=y", "option=--add-modules=java.se")
        .doesNotContain("option=-Xmx" + HEAP_MEGABYTES + "m");
  }

  @Test
  void password_comesFromTheFile_unlessItIsSet() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "p w\n");
    Map<String, String> fromFile = with(home(), "WHIMBREL_DB_PASSWORD_FILE", file.toString());

    assertThat(launch(fromFile, "whimbrel").output()).contains("password=p w");
    assertThat(launch(with(fromFile, "WHIMBREL_DB_PASSWORD", "set"), "whimbrel").output())
        .contains("password=set");
  }

  @Test
  void launcher_stops_whenThePasswordFileIsMissing() throws Exception {
    Run run = launch(with(home(), "WHIMBREL_DB_PASSWORD_FILE", "/nowhere/at/all"), "whimbrel");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errors()).singleElement().asString().contains("/nowhere/at/all");
  }

  @Test
  void launcher_saysWhereItLooked_whenThereIsNoJar() throws Exception {
    Run run = launch(Map.of("WHIMBREL_HOME", directory.toString()), "whimbrel-worker");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .contains("whimbrel-worker: no jar at " + directory + "/lib/whimbrel-worker.jar");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"openjdk version \"11.0.2\" 2019-01-15", "java version \"1.8.0_392\"", "no java"})
  void launcher_stops_whenJavaIsTooOldOrStrange(String version) throws Exception {
    Run run = launch(with(home(), "JAVA_HOME", fakeJava(version)), "whimbrel");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.errors()).singleElement().asString().contains("Java 17 or newer is needed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openjdk version \"17\" 2021-09-14",
        "openjdk version \"21.0.1\" 2023-10-17",
        "openjdk version \"26-ea\" 2026-03-17"
      })
  void launcher_runs_whenJavaIsNewEnough(String version) throws Exception {
    assertThat(launch(with(home(), "JAVA_HOME", fakeJava(version)), "whimbrel").exitCode())
        .isZero();
  }

  /** A Java that answers every call with its version, after a line that options make it print. */
  private String fakeJava(String version) throws IOException {
    Path java = directory.resolve("java/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(
        java,
        "#!/bin/sh\necho 'Picked up JAVA_TOOL_OPTIONS: -Dx' >&2\necho '" + version + "' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    return directory.resolve("java").toString();
  }

  private Map<String, String> home() throws IOException {
    Path home = directory.resolve("home");
    writeJar(home.resolve("lib/whimbrel.jar"));
    return Map.of("WHIMBREL_HOME", home.toString());
  }

  private static Map<String, String> with(Map<String, String> more, String name, String value) {
    Map<String, String> all = new HashMap<>(more);
    all.put(name, value);
    return all;
  }

  private static void writeJar(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StartedProgram.class.getName());
    String entry = StartedProgram.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(jar.getParent());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        var in = LaunchersIT.class.getResourceAsStream("/" + entry)) {
      out.putNextEntry(new ZipEntry(entry));
      Objects.requireNonNull(in).transferTo(out);
    }
  }

  private Run launch(Map<String, String> environment, String launcher, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(DeployFiles.file("bin").resolve(launcher).toString());
    command.addAll(List.of(arguments));
    return start(environment, command.toArray(String[]::new));
  }

  private Run start(Map<String, String> environment, String... command) throws Exception {
    Path output = Files.createTempFile(directory, "run", ".out");
    Path errors = Files.createTempFile(directory, "run", ".err");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("WHIMBREL_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process =
        builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(
        process.pid(),
        process.exitValue(),
        Files.readAllLines(output, StandardCharsets.UTF_8),
        Files.readAllLines(errors, StandardCharsets.UTF_8));
  }

  private record Run(long pid, int exitCode, List<String> output, List<String> errors) {}
}
