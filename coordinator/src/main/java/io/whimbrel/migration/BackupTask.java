// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.migration.Facts.BackupFact;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.retry.Backoff;
import io.whimbrel.retry.Trouble;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreBackup.BackupResult;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The backup of one run, taken on a thread of its own. */
final class BackupTask {

  private static final Logger LOG = LoggerFactory.getLogger(BackupTask.class);
  private static final int TRIES_MAX = 3;
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(15), 30);

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Store store;
  private final MigrateOptions options;
  private final long migrationId;
  private final Clock clock;
  private @Nullable CompletableFuture<BackupFact> running;
  private @Nullable Thread thread;

  BackupTask(Store store, MigrateOptions options, long migrationId, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.options = options;
    this.migrationId = migrationId;
  }

  String announcement() {
    return options.backup() == BackupMode.NONE
        ? "no backup, as asked: the legacy table is the way back"
        : "backing up to " + options.backupDir();
  }

  void start() {
    if (running != null) {
      return;
    }
    CompletableFuture<BackupFact> future = new CompletableFuture<>();
    Thread taker =
        new Thread(
            () -> {
              try {
                future.complete(takePatiently());
              } catch (SQLException | IOException | RuntimeException e) {
                future.completeExceptionally(e);
              } catch (InterruptedException e) {
                future.cancel(false);
              }
            },
            "backup");
    taker.setDaemon(true);
    taker.start();
    running = future;
    thread = taker;
  }

  // A server that was started anew has cut off the program that read from it. That is no reason to
  // undo a migration: the backup is begun again when the server is back.
  private BackupFact takePatiently() throws SQLException, IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return take();
      } catch (SQLException | IOException e) {
        if (attempt == TRIES_MAX || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.warn("the backup failed, trying again: attempt={}: {}", attempt, e.getMessage());
        if (!storeComesBack()) {
          throw e;
        }
      }
    }
  }

  private boolean storeComesBack() throws InterruptedException {
    Trouble trouble = Trouble.of(BACKOFF);
    Optional<Duration> wait = Optional.of(Duration.ofSeconds(1));
    while (wait.isPresent()) {
      TimeUnit.NANOSECONDS.sleep(wait.get().toNanos());
      try {
        return store.read(connection -> true);
      } catch (SQLException away) {
        wait = trouble.failed();
      }
    }
    return false;
  }

  private BackupFact take() throws SQLException, IOException {
    return switch (options.backup()) {
      case NONE -> new BackupFact("none", "", 0, "no backup was asked for");
      case RESTORE_POINT -> restorePoint();
      case AUTO -> {
        String name =
            String.format(
                Locale.ROOT, "whimbrel-m%d-%s", migrationId, STAMP.format(clock.instant()));
        BackupResult result = store.backup().take(options.backupDir(), name);
        yield new BackupFact(
            "full", result.location().toString(), result.sizeBytes(), result.check());
      }
    };
  }

  private BackupFact restorePoint() throws SQLException {
    String name = "whimbrel_m" + migrationId;
    String position = store.backup().restorePoint(name);
    return new BackupFact(
        "restore-point", name, 0, "recorded at " + position + " of the write-ahead log");
  }

  /** Whether {@link #await} would answer at once; begins the backup if nobody has. */
  boolean isDone() {
    start();
    return running != null && running.isDone();
  }

  /** Waits for the verified backup. */
  BackupFact await() throws SQLException, InterruptedException {
    start();
    try {
      if (running == null) {
        throw new IllegalStateException("the backup was not started");
      }
      return running.get();
    } catch (ExecutionException e) {
      throw new RollbackRequiredException("the backup failed: " + reason(e));
    } catch (CancellationException e) {
      throw new RollbackRequiredException("the backup was cancelled");
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause();
    return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
  }

  void cancel() {
    if (thread != null && running != null && !running.isDone()) {
      thread.interrupt();
    }
  }
}
