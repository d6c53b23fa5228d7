// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house rules that no compiler or formatter knows, held over every text file of the tree. */
class TidyTest {
  private static final int FILE_LINES_MAX = 400;
  private static final int METHOD_LINES_MAX = 70;

  /** A table of cases is data, and reads best as one. */
  private static final String TABLE_OF_CASES = "static List<OddStore> ";

  private static final int TABLE_LINES_MAX = 100;

  /** Files that were longer when the rule came. The numbers only go down. */
  private static final Map<String, Integer> LONG_FILES =
      Map.of(
          "common/src/main/java/io/whimbrel/ledger/RangeLedger.java", 402,
          "coordinator/src/main/java/io/whimbrel/migration/MigrationRun.java", 439);

  /**
   * Methods that were longer when the rule came, as files and lengths. The numbers only go down.
   */
  private static final Map<String, Integer> LONG_METHODS =
      Map.of(
          "common/src/test/java/io/whimbrel/legacy/LegacyContentDecoderTest.java", 90,
          "common/src/test/java/io/whimbrel/testing/TableSnapshots.java", 71);

  /** What is walked, beside the files at the top: other directories are nobody's to judge. */
  private static final Set<String> TOP =
      Set.of(".github", ".mvn", "common", "coordinator", "deploy", "docs", "worker");

  /** What lies in a working copy without being part of it, as {@code .gitignore} says. */
  private static final Set<String> NOT_OURS =
      Set.of(".env", ".flattened-pom.xml", ".git", "secrets", "target");

  private static final long FILE_BYTES_MAX = 1 << 20;

  private static final Set<String> BANNED_PACKAGES =
      Set.of("util", "utils", "impl", "model", "service", "manager");

  private static final Path ROOT = DeployFiles.directory().resolve("..").normalize();
  private static final Map<String, String> TEXTS = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            boolean known = !ROOT.equals(directory.getParent()) || TOP.contains(name(directory));
            boolean source = known && !NOT_OURS.contains(name(directory));
            return directory.equals(ROOT) || source
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (NOT_OURS.contains(name(file)) || attributes.size() > FILE_BYTES_MAX) {
              return FileVisitResult.CONTINUE;
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (text.indexOf('\0') < 0) {
              TEXTS.put(ROOT.relativize(file).toString().replace('\\', '/'), text);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    assertThat(TEXTS.keySet()).contains("pom.xml", "common/pom.xml").hasSizeGreaterThan(100);
  }

  @Test
  void packages_sayWhatTheyOwn_andAreNullMarked() {
    Set<String> wrong = new TreeSet<>();
    for (String file : java()) {
      String info = file.replaceFirst("[^/]+$", "package-info.java");
      String text = TEXTS.getOrDefault(info, "");
      boolean fine = text.startsWith("/**") && text.contains("@NullMarked");
      if (file.contains("/src/main/java/") && !fine) {
        wrong.add(info);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void packages_areNamedAfterWhatTheyDo() {
    List<String> wrong =
        java().stream()
            .filter(file -> Stream.of(file.split("/", 0)).anyMatch(BANNED_PACKAGES::contains))
            .toList();
    assertThat(wrong).isEmpty();
  }

  @Test
  void files_doOneThing() {
    Map<String, Integer> tooLong = new TreeMap<>();
    for (String file : java()) {
      int lines = (int) text(file).lines().count();
      if (lines > LONG_FILES.getOrDefault(file, FILE_LINES_MAX)) {
        tooLong.put(file, lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void methods_fitAScreen() {
    Map<String, Integer> tooLong = new TreeMap<>();
    for (String file : java()) {
      int allowed = LONG_METHODS.getOrDefault(file, METHOD_LINES_MAX);
      MethodLengths.of(text(file))
          .forEach(
              (method, lines) -> {
                if (lines > (method.contains(TABLE_OF_CASES) ? TABLE_LINES_MAX : allowed)) {
                  tooLong.put(file + ":" + method, lines);
                }
              });
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void texts_holdNoTabs() {
    assertThat(where("\t", file -> true)).isEmpty();
  }

  @Test
  void texts_holdNoUnfinishedWork() {
    // The demo's grammar makes up notes as people write them, unfinished ones too.
    assertThat(where("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b", file -> !file.contains("/demo/")))
        .isEmpty();
  }

  /** No addresses of one machine, one registry or one tracker. */
  @Test
  void texts_speakOfTheProjectAlone() {
    String tracker = "(?i:\\bissue" + " #)";
    String machine = "(?<![\\w.~-])/(work|root|Users)/";
    String registry =
        "(?i:\\brepo1?\\.maven\\.|registry\\.npmjs|pypi\\.org|(artifactory|nexus)[\\w-]*[.:/])";

    assertThat(where(String.join("|", tracker, machine, registry), file -> true)).isEmpty();
  }

  @Test
  void lengths_areThoseBetweenTheBraces_whateverTextSays() {
    String source =
        """
        record Pair(int a) { // {
          Pair {
            check('{', "}\\"{");
          }
          /* } */ int twice() { return of(() -> { return a; }); }
        }
        """;

    assertThat(MethodLengths.of(source))
        .containsExactly(Map.entry("2: Pair", 3), Map.entry("5: int twice()", 1));
  }

  private static List<String> java() {
    return TEXTS.keySet().stream().filter(file -> file.endsWith(".java")).toList();
  }

  private static String text(String file) {
    return Objects.requireNonNull(TEXTS.get(file), file);
  }

  private static List<String> where(String pattern, Predicate<String> judged) {
    Pattern banned = Pattern.compile(pattern);
    List<String> found = new ArrayList<>();
    TEXTS.forEach(
        (file, text) -> {
          List<String> lines = judged.test(file) ? text.lines().toList() : List.of();
          for (int i = 0; i < lines.size(); i++) {
            if (banned.matcher(lines.get(i)).find()) {
              found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
            }
          }
        });
    return found;
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
