// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a load did, for machines. */
final class LoadSummary {

  private static final long WINDOW_MICROS = 10_000_000;

  private LoadSummary() {}

  static String json(List<WrittenLog> logs) throws JsonProcessingException {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("acknowledged", acknowledged(logs));
    summary.put("errors", errors(logs));
    summary.put("reads", reads(logs));
    summary.put("violations", violations(logs).size());
    summary.put("windows", windows(logs));
    return new ObjectMapper().writeValueAsString(summary);
  }

  static Stream<LoggedOperation> writes(Collection<WrittenLog> logs) {
    return logs.stream()
        .flatMap(log -> log.operations().stream())
        .filter(operation -> operation.kind().isWrite());
  }

  /** Writes that were done, by kind. */
  static Map<String, Long> acknowledged(Collection<WrittenLog> logs) {
    return counted(
        writes(logs).filter(LoggedOperation::isDone), operation -> operation.kind().name());
  }

  /** Writes that met an error, by its state. */
  static Map<String, Long> errors(Collection<WrittenLog> logs) {
    return counted(
        writes(logs).filter(operation -> !operation.state().isEmpty()), LoggedOperation::state);
  }

  static Map<String, Long> reads(Collection<WrittenLog> logs) {
    return counted(
        logs.stream()
            .flatMap(log -> log.operations().stream())
            .filter(operation -> !operation.kind().isWrite()),
        operation -> operation.kind().name());
  }

  static List<WrittenLog.Violation> violations(Collection<WrittenLog> logs) {
    return logs.stream().flatMap(log -> log.violations().stream()).toList();
  }

  private static Map<String, Long> counted(
      Stream<LoggedOperation> operations, Function<LoggedOperation, String> name) {
    return operations.collect(Collectors.groupingBy(name, TreeMap::new, Collectors.counting()));
  }

  private static List<Map<String, Object>> windows(Collection<WrittenLog> logs) {
    Map<Long, List<LoggedOperation>> byWindow =
        writes(logs)
            .filter(LoggedOperation::isDone)
            .collect(
                Collectors.groupingBy(
                    operation -> operation.intendedMicros() / WINDOW_MICROS,
                    TreeMap::new,
                    Collectors.toList()));
    List<Map<String, Object>> windows = new ArrayList<>();
    byWindow.forEach(
        (window, operations) -> {
          Latencies latencies = Latencies.of(operations);
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("fromEpochMillis", window * WINDOW_MICROS / 1_000);
          entry.put("writes", operations.size());
          entry.put("p50Millis", latencies.millis(0.5));
          entry.put("p99Millis", latencies.millis(0.99));
          entry.put("maxMillis", latencies.millisMax());
          windows.add(entry);
        });
    return windows;
  }
}
