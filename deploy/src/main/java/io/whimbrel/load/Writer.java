// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryReadException;
import io.whimbrel.reader.MemoryReader;
import io.whimbrel.reader.UnreadableMemoryException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread of the application. It sends its operations at a steady rate, whether the answers come
 * or not, so a stall counts for every operation that was due meanwhile; and it writes down each one
 * before it is sent, and each answer before the next.
 */
final class Writer implements Runnable {

  private static final Duration RECONNECT_LIMIT = Duration.ofSeconds(60);

  /** Time for a server to end what was under way on a connection that broke. */
  private static final long SETTLE_MILLIS = 500;

  private final Target target;
  private final Values values;
  private final RowJudge judge;
  private final MemoryReader reader;
  private final OwnedRows rows;
  private final OperationChooser chooser;
  private final WriterLog log;
  private final Gate gate;
  private final Moment moment;

  /** Between two operations; 0: as fast as they are answered. */
  private final long pauseNanos;

  private OldApplication application;

  /** What every writer of a process shares. */
  record Setting(
      Target target, Values values, Originals originals, MemoryReader reader, Moment moment) {}

  Writer(
      Setting setting,
      OwnedRows rows,
      OperationChooser chooser,
      WriterLog log,
      Gate gate,
      long pauseNanos)
      throws SQLException {
    this.target = setting.target();
    this.values = setting.values();
    this.judge = new RowJudge(setting.values(), setting.originals());
    this.reader = setting.reader();
    this.moment = setting.moment();
    this.rows = rows;
    this.chooser = chooser;
    this.log = log;
    this.gate = gate;
    this.pauseNanos = pauseNanos;
    this.application = connect();
  }

  private OldApplication connect() throws SQLException {
    return new OldApplication(target.connect(), target.kind(), values);
  }

  @Override
  public void run() {
    try (log) {
      loop();
      application.close();
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("a writer cannot go on", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      gate.leave();
    }
  }

  private void loop() throws IOException, SQLException, InterruptedException {
    long due = System.nanoTime();
    long paused = gate.pass();
    while (paused >= 0) {
      due = pauseNanos == 0 ? System.nanoTime() : due + paused + pauseNanos;
      waitUntil(due);
      perform(chooser.next(), due);
      paused = gate.pass();
    }
  }

  private static void waitUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void perform(Operation operation, long dueNanos)
      throws IOException, SQLException, InterruptedException {
    long start = moment.micros();
    long intended = start - Math.max(0, (System.nanoTime() - dueNanos) / 1_000);
    if (operation.kind().isWrite()) {
      write(operation, intended, start);
    } else {
      read(operation, intended, start);
    }
  }

  private void write(Operation operation, long intended, long start)
      throws IOException, SQLException, InterruptedException {
    log.intent(operation, intended, start);
    try {
      List<Long> keys = application.perform(operation);
      log.acknowledged(moment.micros(), keys);
      rows.apply(WrittenLog.keyed(operation.changes(), keys));
    } catch (RowMissingException e) {
      log.refused(moment.micros(), "missing");
      violation(operation, Fault.LOST, operation.kind() + " does not find its row");
    } catch (SQLException e) {
      if (SqlErrors.isCertain(e)) {
        log.refused(moment.micros(), SqlErrors.state(e));
      } else {
        log.unanswered(moment.micros(), SqlErrors.state(e));
        resolve(operation);
      }
    }
  }

  /** Looks whether an operation without an answer was done. */
  private void resolve(Operation operation) throws IOException, SQLException, InterruptedException {
    long limit = System.nanoTime() + RECONNECT_LIMIT.toNanos();
    while (true) {
      try {
        reconnect();
        List<Long> keys = new ArrayList<>();
        boolean done = isDone(operation, keys);
        log.found(done, keys);
        if (done) {
          rows.apply(WrittenLog.keyed(operation.changes(), keys));
        }
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > limit) {
          throw e;
        }
      }
    }
  }

  /** Tries for as long as an application would bear it. */
  private void reconnect() throws SQLException, InterruptedException {
    long limit = System.nanoTime() + RECONNECT_LIMIT.toNanos();
    OldApplication broken = application;
    while (application == broken) {
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      try {
        application = connect();
      } catch (SQLException e) {
        if (System.nanoTime() > limit) {
          throw e;
        }
      }
    }
    try {
      broken.close();
    } catch (SQLException e) {
      // It was broken already: that is why there is another one.
      return;
    }
  }

  /** One row tells, since an operation is one transaction; new keys are asked for all rows. */
  private boolean isDone(Operation operation, List<Long> keys) throws SQLException {
    Change first = operation.changes().get(0);
    Long key = first.key();
    if (key != null) {
      RowState after = first.after();
      OldApplication.Seen seen = application.read(key);
      return after == null ? seen == null : seen != null && judge.differs(after, seen) == null;
    }
    for (Change change : operation.changes()) {
      Long given = application.find(values.title(change.presentAfter().title()));
      if (given == null) {
        return false;
      }
      keys.add(given);
    }
    return true;
  }

  private void read(Operation operation, long intended, long start)
      throws IOException, SQLException, InterruptedException {
    Change change = operation.only();
    try {
      if (operation.kind() == OperationKind.READ) {
        judge(operation, change.after(), application.read(change.knownKey()));
      } else {
        readByLibrary(operation, change);
      }
    } catch (SQLException e) {
      violation(operation, Fault.UNREADABLE, SqlErrors.state(e) + " " + e.getMessage());
      if (!SqlErrors.isCertain(e)) {
        reconnect();
      }
    }
    log.read(operation.kind(), intended, start, moment.micros());
  }

  private void judge(
      Operation operation, @Nullable RowState expected, OldApplication.@Nullable Seen seen)
      throws IOException {
    if (expected == null || seen == null) {
      presence(operation, expected, seen);
      return;
    }
    String difference = judge.differs(expected, seen);
    if (difference != null) {
      violation(operation, Fault.ALTERED, difference);
    }
  }

  private void readByLibrary(Operation operation, Change change) throws IOException {
    try {
      Optional<Memory> memory = reader.get(Long.toString(change.knownKey()));
      RowState expected = change.after();
      if (expected == null || memory.isEmpty()) {
        presence(operation, expected, memory.orElse(null));
        return;
      }
      String difference = judge.differs(expected, memory.get());
      if (difference != null) {
        violation(operation, Fault.ALTERED, difference);
      }
    } catch (UnreadableMemoryException | MemoryReadException e) {
      violation(operation, Fault.UNREADABLE, String.valueOf(e.getMessage()));
    }
  }

  private void presence(Operation operation, @Nullable RowState expected, @Nullable Object found)
      throws IOException {
    if (expected != null && found == null) {
      violation(operation, Fault.LOST, "must hold " + expected);
    } else if (expected == null && found != null) {
      violation(operation, Fault.RESURRECTED, "was deleted");
    }
  }

  private void violation(Operation operation, Fault fault, String words) throws IOException {
    Long key = operation.changes().get(0).key();
    log.violation(
        fault, key == null ? 0 : key, operation.kind() + " " + moment.micros() + " " + words);
  }
}
