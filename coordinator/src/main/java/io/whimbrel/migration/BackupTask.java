// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.migration.Facts.BackupFact;
import io.whimbrel.migration.MigrateOptions.BackupMode;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreBackup.BackupResult;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The backup of one run, taken on a thread of its own. */
final class BackupTask {

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
                future.complete(take());
              } catch (SQLException | IOException | RuntimeException e) {
                future.completeExceptionally(e);
              }
            },
            "backup");
    taker.setDaemon(true);
    taker.start();
    running = future;
    thread = taker;
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
