// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets each caller ask so often and no oftener: a bucket of turns that fills again with time. Knows
 * a bounded number of callers; whoever was silent longest is forgotten. Thread-safe; time comes in
 * as nanoseconds of any origin.
 */
final class RateLimit {

  private static final int CALLERS_MAX = 1_000;

  private final int burst;
  private final double perSecond;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** So many at once, and then so many a second. */
  RateLimit(int burst, double perSecond) {
    if (burst < 1 || !(perSecond > 0)) {
      throw new IllegalArgumentException("a limit lets somebody through now and then");
    }
    this.burst = burst;
    this.perSecond = perSecond;
  }

  private static final class Bucket {
    private double turns;
    private long atNanos;
  }

  synchronized boolean take(String caller, long nanos) {
    Bucket bucket = buckets.get(caller);
    if (bucket == null) {
      if (buckets.size() >= CALLERS_MAX) {
        buckets.remove(buckets.keySet().iterator().next());
      }
      bucket = new Bucket();
      bucket.turns = burst;
      bucket.atNanos = nanos;
      buckets.put(caller, bucket);
    }
    double gained = perSecond * Math.max(0, nanos - bucket.atNanos) / 1e9;
    bucket.turns = Math.min(burst, bucket.turns + gained);
    bucket.atNanos = nanos;
    if (bucket.turns < 1) {
      return false;
    }
    bucket.turns--;
    return true;
  }
}
