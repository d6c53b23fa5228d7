// SPDX-License-Identifier: Apache-2.0

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Turns a directory of measured runs into a table of medians. Each run is a directory {@code
 * STORE.KIND.NUMBER} with a file {@code measured} of {@code name=value} lines, and for the
 * migration its {@code report.json} somewhere below.
 *
 * <p>Run as a single source file with whimbrel.jar on the class path.
 */
final class Summary {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

  public static void main(String[] arguments) throws IOException {
    Summary summary = new Summary();
    try (Stream<Path> runs = Files.list(Path.of(arguments[0]))) {
      for (Path run : (Iterable<Path>) runs.filter(Files::isDirectory).sorted()::iterator) {
        summary.read(run);
      }
    }
    for (String store : List.of("sqlite", "postgresql")) {
      if (summary.values.containsKey(store + ".loop")) {
        System.out.print(summary.table(store));
      }
    }
  }

  private void read(Path run) throws IOException {
    String name = run.getFileName().toString();
    String key = name.substring(0, name.lastIndexOf('.'));
    for (String line : Files.readAllLines(run.resolve("measured"))) {
      int equals = line.indexOf('=');
      add(key, line.substring(0, equals), Double.parseDouble(line.substring(equals + 1)));
    }
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : (Iterable<Path>) files.filter(Summary::isReport)::iterator) {
        readReport(key, JSON.readTree(file.toFile()));
      }
    }
    add(key, "copyAndIndexMillis", last(key, "copyMillis") + last(key, "indexMillis"));
  }

  private static boolean isReport(Path file) {
    return file.endsWith("report.json");
  }

  private void readReport(String key, JsonNode report) throws IOException {
    if (!report.get("outcome").asText().equals("COMPLETED")) {
      throw new IOException("a measured migration did not complete: " + report.get("outcome"));
    }
    for (JsonNode phase : report.get("phases")) {
      String name = phase.get("name").asText();
      double millis = phase.get("elapsedMillis").asDouble();
      switch (name) {
        case "COPYING" -> add(key, "copyMillis", millis);
        case "CATCHING_UP" -> add(key, "indexMillis", millis);
        default -> add(key, name, millis);
      }
    }
    add(key, "memories", report.get("memories").get("total").asDouble());
    add(key, "contentBytes", report.get("bytes").get("contentStoredBefore").asDouble());
    add(key, "compressedBytes", report.get("bytes").get("contentCompressedAfter").asDouble());
  }

  private void add(String key, String name, double value) {
    values
        .computeIfAbsent(key, unused -> new LinkedHashMap<>())
        .computeIfAbsent(name, unused -> new ArrayList<>())
        .add(value);
  }

  private double last(String key, String name) {
    List<Double> list = values.get(key).get(name);
    return list.get(list.size() - 1);
  }

  private double median(String key, String name) {
    List<Double> sorted = new ArrayList<>(values.get(key).get(name));
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private String table(String store) {
    String loop = store + ".loop";
    String bare = store + ".bare";
    String full = store + ".full";
    StringBuilder table = new StringBuilder();
    String name = store.equals("sqlite") ? "SQLite" : "PostgreSQL";
    table.append(System.lineSeparator());
    row(table, name, "plain loop", "migrate, no backup", "migrate, with backup");
    row(table, "---", "---:", "---:", "---:");
    row(
        table,
        "copy, memories/s",
        rate(loop, "copyMillis"),
        copyRate(bare, loop),
        copyRate(full, loop));
    row(
        table,
        "copy and indexes, memories/s",
        rate(loop, "copyAndIndexMillis"),
        rate(bare, "copyAndIndexMillis"),
        rate(full, "copyAndIndexMillis"));
    row(
        table,
        "copy, seconds (lowest to highest)",
        seconds(loop, "copyMillis"),
        seconds(bare, "copyMillis"),
        seconds(full, "copyMillis"));
    row(
        table,
        "whole command, memories/s",
        rate(loop, "commandMillis"),
        rate(bare, "commandMillis"),
        rate(full, "commandMillis"));
    row(
        table,
        "whole command, seconds (lowest to highest)",
        seconds(loop, "commandMillis"),
        seconds(bare, "commandMillis"),
        seconds(full, "commandMillis"));
    row(
        table,
        "processor time of the process, seconds",
        number(loop, "processorSeconds", 1),
        number(bare, "processorSeconds", 1),
        number(full, "processorSeconds", 1));
    row(
        table,
        "peak resident memory, MB",
        number(loop, "residentMegabytes", 0),
        number(bare, "residentMegabytes", 0),
        number(full, "residentMegabytes", 0));
    row(table, "content ratio", ratio(loop), ratio(bare), ratio(full));
    return table.toString();
  }

  private static void row(StringBuilder table, String name, String... cells) {
    table.append("| ").append(name).append(" | ").append(String.join(" | ", cells));
    table.append(" |").append(System.lineSeparator());
  }

  private String rate(String key, String millis) {
    return values.containsKey(key)
        ? text("%,.0f", median(key, "memories") * 1000 / median(key, millis))
        : "-";
  }

  private String copyRate(String key, String loop) {
    return values.containsKey(key)
        ? rate(key, "copyMillis")
            + text(" (%.2fx)", median(loop, "copyMillis") / median(key, "copyMillis"))
        : "-";
  }

  private String seconds(String key, String millis) {
    if (!values.containsKey(key)) {
      return "-";
    }
    List<Double> all = values.get(key).get(millis);
    return text(
        "%.1f (%.1f to %.1f)",
        median(key, millis) / 1000, Collections.min(all) / 1000, Collections.max(all) / 1000);
  }

  private String number(String key, String name, int digits) {
    return values.containsKey(key) && values.get(key).containsKey(name)
        ? text("%." + digits + "f", median(key, name))
        : "-";
  }

  private String ratio(String key) {
    return values.containsKey(key)
        ? text("%.2f", median(key, "contentBytes") / median(key, "compressedBytes"))
        : "-";
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
