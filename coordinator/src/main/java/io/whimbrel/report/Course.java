// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.List;

/**
 * How fast the copy was over its time: one rate for each of equal stretches that follow one
 * another, the first beginning so long after the run did. Empty when nothing was copied.
 */
public record Course(long startOffsetMillis, long stretchMillis, List<Double> memoriesPerSecond) {

  public static final Course NONE = new Course(0, 0, List.of());

  public Course {
    Check.notNegative("startOffsetMillis", startOffsetMillis);
    Check.notNegative("stretchMillis", stretchMillis);
    memoriesPerSecond = List.copyOf(memoriesPerSecond);
    memoriesPerSecond.forEach(rate -> Check.notNegative("memoriesPerSecond", rate));
  }
}
