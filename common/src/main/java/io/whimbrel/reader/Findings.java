// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.format.ContentDigest;
import io.whimbrel.legacy.ContentProblem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what a verification sees, and keeps the first findings of each code. */
final class Findings {

  private static final int KEPT_PER_CODE = 20;

  private final Map<ContentForm, Long> forms = new EnumMap<>(ContentForm.class);
  private final Map<StoreFault, Long> faults = new EnumMap<>(StoreFault.class);
  private final Map<String, Integer> keptPerCode = new HashMap<>();
  private final List<StoreFinding> kept = new ArrayList<>();
  private final ContentDigest digest = new ContentDigest();
  private long memories;
  private long warnings;

  void memory(ContentForm form) {
    memories++;
    forms.merge(form, 1L, Long::sum);
  }

  void fault(StoreFault fault, @Nullable String key, @Nullable Long segmentId, String detail) {
    faults.merge(fault, 1L, Long::sum);
    keep(fault.code(), key, segmentId, detail);
  }

  void problem(ContentProblem problem, String key, String detail) {
    if (problem.severity() == ContentProblem.Severity.WARNING) {
      warnings++;
    }
    keep(problem.code(), key, null, detail);
  }

  private void keep(String code, @Nullable String key, @Nullable Long segmentId, String detail) {
    if (keptPerCode.merge(code, 1, Integer::sum) <= KEPT_PER_CODE) {
      kept.add(new StoreFinding(code, key, segmentId, detail));
    }
  }

  long memories() {
    return memories;
  }

  /** What could be read of them. */
  ContentDigest digest() {
    return digest;
  }

  Map<ContentForm, Long> forms() {
    return forms;
  }

  long warnings() {
    return warnings;
  }

  Map<StoreFault, Long> faults() {
    return faults;
  }

  List<StoreFinding> kept() {
    return kept;
  }
}
