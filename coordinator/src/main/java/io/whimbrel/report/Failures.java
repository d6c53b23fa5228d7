// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Memories that were quarantined or migrated with a warning. The counts cover all of them, the list
 * at most {@link #MAX_LISTED}; {@code truncated} tells that some are only counted.
 */
public record Failures(List<ReasonCount> counts, List<Failure> listed, boolean truncated) {
  public static final int MAX_LISTED = 10_000;

  /** Nothing went wrong. */
  public static final Failures NONE = new Failures(List.of(), List.of(), false);

  public Failures {
    counts = List.copyOf(counts);
    listed = List.copyOf(listed);
    if (listed.size() > MAX_LISTED) {
      throw new IllegalArgumentException("more failures listed than " + MAX_LISTED);
    }
  }

  /** What became of the memory. */
  public enum Severity {
    /** It could not be carried at all; its range was set aside, and the swap did not come. */
    BLOCKED("Not carried"),
    /** Its stored bytes were carried over unchanged; it counts as failed. */
    QUARANTINED("Quarantined"),
    /** It was migrated as the text that was there. */
    WARNING("Warning");

    private final String label;

    Severity(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  /**
   * One memory. {@code reason} is a short code such as {@code gzip_truncated}; the detail is cut to
   * {@value #MAX_DETAIL_CHARS} characters, so that ten thousand of them stay a file one can open.
   */
  public record Failure(String key, Severity severity, String reason, String detail) {
    private static final int MAX_DETAIL_CHARS = 500;

    public Failure {
      Check.notBlank("reason", reason);
      detail = SafeText.cut(detail, MAX_DETAIL_CHARS);
    }
  }

  /** How many memories have one reason. */
  public record ReasonCount(String reason, Severity severity, long count) {
    public ReasonCount {
      Check.notBlank("reason", reason);
      Check.notNegative("count", count);
    }
  }

  /**
   * Counts every failure and lists as many as allowed, the gravest severity first, each in the
   * order given. Memory stays bounded however many there are.
   */
  public static Failures collect(Iterator<Failure> all) {
    Map<Severity, Map<String, Long>> byReason = new EnumMap<>(Severity.class);
    Map<Severity, List<Failure>> kept = new EnumMap<>(Severity.class);
    long total = 0;
    while (all.hasNext()) {
      Failure failure = all.next();
      byReason
          .computeIfAbsent(failure.severity(), severity -> new TreeMap<>())
          .merge(failure.reason(), 1L, Long::sum);
      List<Failure> alike = kept.computeIfAbsent(failure.severity(), severity -> new ArrayList<>());
      if (alike.size() < MAX_LISTED) {
        alike.add(failure);
      }
      total++;
    }
    List<Failure> listed = kept.values().stream().flatMap(List::stream).limit(MAX_LISTED).toList();
    List<ReasonCount> counts = new ArrayList<>();
    byReason.forEach((severity, reasons) -> counts.addAll(counts(reasons, severity)));
    return new Failures(counts, listed, listed.size() < total);
  }

  /** All failures, listed or not. */
  public long total() {
    return counts.stream().mapToLong(ReasonCount::count).sum();
  }

  private static List<ReasonCount> counts(Map<String, Long> byReason, Severity severity) {
    return byReason.entrySet().stream()
        .map(entry -> new ReasonCount(entry.getKey(), severity, entry.getValue()))
        .sorted(Comparator.comparingLong(ReasonCount::count).reversed())
        .toList();
  }
}
