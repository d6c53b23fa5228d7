// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The faults of this process. Each is written down before it happens. */
final class ArmedFaults {

  private static final long CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final List<FaultRule> rules;
  private final @Nullable Path log;

  private ArmedFaults(List<FaultRule> rules, @Nullable Path log) {
    this.rules = rules;
    this.log = log;
  }

  /** Null when the environment asks for none. */
  static @Nullable ArmedFaults from(Map<String, String> environment) {
    String rules = environment.get("WHIMBREL_FAULT");
    if (rules == null || rules.isBlank()) {
      return null;
    }
    String log = environment.get("WHIMBREL_FAULT_LOG");
    return new ArmedFaults(FaultRule.parseAll(rules), log == null ? null : Path.of(log));
  }

  void hit(FaultPoint point) throws SQLException {
    for (FaultRule rule : rules) {
      if (rule.fires(point)) {
        writeDown(point, rule.action());
        act(point, rule.action());
      }
    }
  }

  private void writeDown(FaultPoint point, FaultAction action) {
    if (log == null) {
      return;
    }
    String line =
        ProcessHandle.current().pid()
            + " "
            + point.word()
            + " "
            + action.name().toLowerCase(Locale.ROOT)
            + "\n";
    try {
      // One write of one line, so that processes can share the file.
      Files.write(
          log,
          line.getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void act(FaultPoint point, FaultAction action) throws SQLException {
    switch (action) {
      case HALT -> Runtime.getRuntime().halt(FaultRule.EXIT_CODE);
      case STOP -> stop();
      case ERROR -> throw new SQLException("fault asked for at " + point.word(), "08006");
      case CALL -> LockSupport.parkNanos(CALL_NANOS);
    }
  }

  private static void stop() {
    String self = Long.toString(ProcessHandle.current().pid());
    try {
      new ProcessBuilder("kill", "-STOP", self).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
