// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.MemoryReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writers on one store, each with the keys that are its own. */
final class LoadGenerator implements AutoCloseable {

  private final MemoryReader reader;
  private final Gate gate;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private LoadGenerator(MemoryReader reader, int writers) {
    this.reader = reader;
    this.gate = new Gate(writers);
  }

  /**
   * @param rate writes a second of all writers together, or 0 for as many as are answered
   */
  static LoadGenerator start(
      Target target,
      Values values,
      Originals originals,
      Path folder,
      long seed,
      int writers,
      int rate)
      throws IOException, SQLException {
    LoadGenerator load = new LoadGenerator(target.openReader(), writers);
    Writer.Setting setting =
        new Writer.Setting(target, values, originals, load.reader, new Moment(Clock.systemUTC()));
    double operations = rate * 1000.0 / OperationKind.WRITES;
    long pauseNanos = rate == 0 ? 0 : (long) (writers * TimeUnit.SECONDS.toNanos(1) / operations);
    for (int number = 0; number < writers; number++) {
      OwnedRows rows = owned(originals, number, writers);
      Writer writer =
          new Writer(
              setting,
              rows,
              new OperationChooser(target.kind(), seed, number, rows),
              new WriterLog(folder.resolve("writer-" + number + WriterLog.SUFFIX)),
              load.gate,
              pauseNanos);
      Thread thread = new Thread(writer, "writer-" + number);
      thread.setUncaughtExceptionHandler((dead, e) -> load.failure.compareAndSet(null, e));
      load.threads.add(thread);
    }
    load.threads.forEach(Thread::start);
    return load;
  }

  private static OwnedRows owned(Originals originals, int writer, int writers) {
    OwnedRows rows = new OwnedRows();
    // In the order of the keys, so that the seed decides what is drawn.
    rows.apply(
        originals.keys().stream()
            .filter(key -> Math.floorMod(key, writers) == writer)
            .sorted()
            .map(key -> new Change(key, RowState.of(key)))
            .toList());
    return rows;
  }

  /** Returns when no operation is under way. */
  void pause() throws InterruptedException {
    gate.close();
  }

  void goOn() {
    gate.open();
  }

  /** What has ended a writer before its time; null when nothing has. */
  @Nullable Throwable failure() {
    return failure.get();
  }

  void askToStop() {
    gate.stop();
  }

  void awaitStop() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  void stop() throws InterruptedException {
    askToStop();
    awaitStop();
  }

  @Override
  public void close() {
    askToStop();
    reader.close();
  }
}
