// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.SerializationConfig;

/**
 * One way into and out of the grid: two Compact serializers, strings and longs. Objects in Java's
 * own serialization are not read, so that a stranger's bytes cannot run code here; only the
 * exceptions that members send each other still are.
 */
final class GridSerialization {
  private GridSerialization() {}

  static void configure(SerializationConfig config) {
    config
        .getCompactSerializationConfig()
        .addSerializer(new WorkerStatsSerializer())
        .addSerializer(new ControlStateSerializer());
    config.setJavaSerializationFilterConfig(
        new JavaSerializationFilterConfig()
            .setDefaultsDisabled(true)
            .setWhitelist(failuresBetweenMembers()));
  }

  /** A whitelist must name something, or it is taken for none. */
  private static ClassFilter failuresBetweenMembers() {
    return new ClassFilter()
        .addPrefixes("com.hazelcast.")
        .addClasses(
            "[Ljava.lang.StackTraceElement;",
            "[Ljava.lang.Throwable;",
            "java.lang.Error",
            "java.lang.Exception",
            "java.lang.IllegalArgumentException",
            "java.lang.IllegalStateException",
            "java.lang.InterruptedException",
            "java.lang.NullPointerException",
            "java.lang.RuntimeException",
            "java.lang.StackTraceElement",
            "java.lang.Throwable",
            "java.lang.UnsupportedOperationException",
            "java.io.IOException",
            "java.util.ArrayList",
            "java.util.Collections$EmptyList",
            "java.util.Collections$UnmodifiableCollection",
            "java.util.Collections$UnmodifiableList",
            "java.util.concurrent.CancellationException",
            "java.util.concurrent.CompletionException",
            "java.util.concurrent.ExecutionException",
            "java.util.concurrent.RejectedExecutionException",
            "java.util.concurrent.TimeoutException");
  }
}
