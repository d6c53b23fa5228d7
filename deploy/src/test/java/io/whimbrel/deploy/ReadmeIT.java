// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages for people name commands, options and files that exist, and all of the commands. */
class ReadmeIT {
  private static final Path ROOT = DeployFiles.directory().toAbsolutePath().resolveSibling("");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z-]+(?: [a-z]+)?)(?: [A-Z]+)?` \\|.*$");
  private static final Pattern OPTION = Pattern.compile("`(--[a-z-]+)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final Pattern COMMAND_LINE =
      Pattern.compile("(?m)^ {4}(?:deploy/bin/)?whimbrel ([a-z-]+)((?: .*)?)$");

  @Test
  void commandTable_hasARowForEveryCommand_withItsOwnOptions() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    Matcher rows = ROW.matcher(Files.readString(ROOT.resolve("README.md")));
    while (rows.find()) {
      documented.put(
          rows.group(1),
          OPTION.matcher(rows.group()).results().map(r -> r.group(1)).collect(toSortedSet()));
    }

    Map<String, Set<String>> existing = new TreeMap<>();
    Commands.all().keySet().forEach(name -> existing.put(name, Commands.ownOptionsOf(name)));
    assertThat(documented).isEqualTo(existing);
  }

  @Test
  void commandLinesInThePages_useOptionsThatExist() throws IOException {
    int found = 0;
    for (Path page : pages()) {
      for (MatchResult line : COMMAND_LINE.matcher(Files.readString(page)).results().toList()) {
        found++;
        Set<String> options =
            Pattern.compile("(?<= )--[a-z-]+")
                .matcher(line.group(2))
                .results()
                .map(MatchResult::group)
                .collect(toSortedSet());
        assertThat(Commands.optionsOf(line.group(1)))
            .as("%s: %s", page, line.group())
            .containsAll(options);
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void links_leadToFilesThatExist() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          broken.add(page + " -> " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static Collector<String, ?, Set<String>> toSortedSet() {
    return Collectors.toCollection(TreeSet::new);
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path directory : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("deploy"))) {
      int depth = directory.endsWith("docs") ? Integer.MAX_VALUE : 1;
      try (Stream<Path> files = Files.walk(directory, depth)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    return pages;
  }
}
