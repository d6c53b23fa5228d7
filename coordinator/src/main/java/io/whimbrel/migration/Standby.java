// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationState;
import io.whimbrel.ledger.WorkerLedger.Lease;
import io.whimbrel.store.StoreRefusedException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A coordinator that waits beside the one that leads, and goes on with the migration when that
 * one's lease has run out. Of several the epoch in the ledger lets one win; the others go on
 * waiting. Only the ledger is asked: what the grid says of members decides nothing.
 */
public final class Standby {

  private static final Duration LOOK = Duration.ofMillis(500);

  /** Runs a run to its end, with whatever a process has around it while it leads. */
  @FunctionalInterface
  public interface Surroundings {
    Migration around(MigrationRun run) throws SQLException, InterruptedException;
  }

  private final RunContext context;
  private final MigrateOptions options;
  private final Steering steering;
  private final Surroundings surroundings;
  private final Duration patience;
  private final Liveness liveness;
  private final Perseverance perseverance;
  private String said = "";

  /**
   * @param patience how long to wait for a migration to begin
   */
  public Standby(
      RunContext context,
      MigrateOptions options,
      Steering steering,
      Surroundings surroundings,
      Duration patience) {
    this.context = context;
    this.options = options;
    this.steering = steering;
    this.surroundings = surroundings;
    this.patience = patience;
    this.perseverance = new Perseverance(context, steering, null);
    this.liveness = new Liveness(context.store(), context.ledger(), context.host());
  }

  /** How it ended. */
  public record End(Migration migration, boolean ledHere) {}

  /**
   * Waits until the migration is over, or leads it to its end.
   *
   * @throws StoreRefusedException when none begins in time
   */
  public End run() throws SQLException, InterruptedException {
    long begun = System.nanoTime();
    while (true) {
      if (steering.isStopped()) {
        throw new RunInterruptedException("stopped while it stood by");
      }
      Optional<Migration> current = perseverance.through(this::look);
      if (current.isPresent()) {
        Migration migration = current.get();
        if (isOver(migration)) {
          return new End(migration, false);
        }
        Optional<Migration> led = leadIfNobodyDoes(migration);
        if (led.isPresent()) {
          return new End(led.get(), true);
        }
      } else if (System.nanoTime() - begun > patience.toNanos()) {
        throw new StoreRefusedException(
            "no migration of this store began within "
                + patience.toSeconds()
                + " s: start `whimbrel migrate`");
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  // A migration that was rolled back before this process came is not what it was started for.
  private Optional<Migration> look() throws SQLException {
    Optional<Migration> latest =
        context
            .store()
            .read(
                connection ->
                    context.ledger().schema().exists(connection)
                        ? context.ledger().migrations().latest(connection)
                        : Optional.empty());
    boolean old =
        said.isEmpty() && latest.map(Migration::state).orElse(null) == MigrationState.ROLLED_BACK;
    return old ? Optional.empty() : latest;
  }

  private static boolean isOver(Migration migration) {
    return switch (migration.state()) {
      case FINALIZED, ROLLED_BACK, FAILED -> true;
      // Until all that remains after the swap is done, somebody must be there to do it.
      case COMPLETED -> Facts.fromJson(migration.facts()).settled;
      default -> false;
    };
  }

  private Optional<Migration> leadIfNobodyDoes(Migration migration)
      throws SQLException, InterruptedException {
    Optional<Lease> leader = perseverance.through(() -> liveness.leader(migration));
    if (leader.isPresent() && liveness.isLive(leader.get())) {
      sayWhoLeads(migration, leader.get());
      return Optional.empty();
    }
    Optional<MigrationRun> taken =
        perseverance.through(() -> MigrationRun.takeOver(context, options, steering, migration));
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    try (MigrationRun run = taken.get()) {
      context
          .progress()
          .message(
              String.format(
                  Locale.ROOT,
                  "%s is silent: going on with migration %d in state %s",
                  migration.coordinatorId(),
                  migration.migrationId(),
                  migration.state()));
      return Optional.of(surroundings.around(run));
    } catch (LeadLostException e) {
      context.progress().message(e.getMessage() + "; standing by again");
      return Optional.empty();
    }
  }

  private void sayWhoLeads(Migration migration, Lease leader) {
    String line =
        String.format(
            Locale.ROOT,
            "standing by: %s on %s leads migration %d since %s",
            leader.id(),
            leader.host(),
            migration.migrationId(),
            Instant.ofEpochMilli(leader.joinedAtMillis())
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    if (!line.equals(said)) {
      said = line;
      context.progress().message(line);
    }
  }
}
