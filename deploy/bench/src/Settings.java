// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is measured, and with what. */
record Settings(
    Path root,
    Path work,
    List<String> rows,
    int memories,
    int large,
    int runs,
    Path texts,
    String postgresUrl) {

  static final List<String> ROWS =
      List.of(
          "pg-copy",
          "pg-short",
          "sqlite",
          "peers",
          "workers",
          "ceiling",
          "scaling",
          "ratio",
          "size",
          "read",
          "memory",
          "start");

  boolean has(String row) {
    return rows.contains(row);
  }

  /** The program that is measured, as its users start it. */
  String launcher(String name) {
    return root.resolve("deploy/bin").resolve(name).toString();
  }

  /** One of our classes in a process of its own, with the launcher's bounds. */
  List<String> java(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(List.of("-Xms32m", "-Xmx640m", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The Java that this runs on. */
  String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static Settings parse(Path root, Path work, List<String> options) {
    List<String> rows = ROWS;
    int memories = 300_000;
    int large = 0;
    int runs = 5;
    String texts = System.getenv("WHIMBREL_TEXTS");
    String postgresUrl = null;
    for (int i = 0; i < options.size(); i += 2) {
      if (i + 1 == options.size()) {
        throw new IllegalArgumentException(options.get(i) + " needs a value");
      }
      String value = options.get(i + 1);
      switch (options.get(i)) {
        case "--only" -> rows = rows(value);
        case "--memories" -> memories = number(value);
        case "--large" -> large = number(value);
        case "--runs" -> runs = number(value);
        case "--texts" -> texts = value;
        case "--postgres-url" -> postgresUrl = value;
        case "--work-dir" -> {} // taken by the shell
        default ->
            throw new IllegalArgumentException(
                "unknown option " + options.get(i) + "; --help lists them");
      }
    }
    return new Settings(
        root,
        work,
        rows,
        memories,
        large == 0 ? 10 * memories : large,
        runs,
        texts == null || texts.isEmpty() ? null : Path.of(texts),
        postgresUrl);
  }

  private static List<String> rows(String value) {
    List<String> rows = new ArrayList<>(List.of(value.split(",", 0)));
    for (String row : rows) {
      if (!ROWS.contains(row)) {
        throw new IllegalArgumentException("no such row: " + row + "; there are " + ROWS);
      }
    }
    return rows;
  }

  private static int number(String value) {
    if (!value.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException("not a number above 0: " + value);
    }
    return Integer.parseInt(value);
  }
}
