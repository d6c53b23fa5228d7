// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.fasterxml.jackson.annotation.JsonValue;
import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.ledger.MigrationState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a person may ask of a migration. Each is a wish in the ledger; who leads carries it out. */
public enum Act {
  PAUSE("is paused") {
    @Override
    boolean isOpen(Migration migration) {
      return isGoingOn(migration) && !migration.paused();
    }

    @Override
    void ask(Connection connection, Ledger ledger, long migrationId) throws SQLException {
      ledger.migrations().setPaused(connection, migrationId, true);
    }
  },
  RESUME("is going on") {
    @Override
    boolean isOpen(Migration migration) {
      return isGoingOn(migration) && migration.paused();
    }

    @Override
    void ask(Connection connection, Ledger ledger, long migrationId) throws SQLException {
      ledger.migrations().setPaused(connection, migrationId, false);
    }
  },
  CUT_OVER("will be cut over") {
    @Override
    boolean isOpen(Migration migration) {
      return isGoingOn(migration) && migration.postponed();
    }

    @Override
    void ask(Connection connection, Ledger ledger, long migrationId) throws SQLException {
      ledger.migrations().setPostponed(connection, migrationId, false);
    }
  },
  CANCEL("will be undone") {
    @Override
    boolean isOpen(Migration migration) {
      return isGoingOn(migration) && !migration.cancelled();
    }

    @Override
    void ask(Connection connection, Ledger ledger, long migrationId) throws SQLException {
      ledger.migrations().requestCancel(connection, migrationId);
    }
  };

  private final String effect;

  Act(String effect) {
    this.effect = effect;
  }

  /** Whether it would change anything now. */
  abstract boolean isOpen(Migration migration);

  abstract void ask(Connection connection, Ledger ledger, long migrationId) throws SQLException;

  /** The name in paths and in JSON: {@code cut-over}. */
  @JsonValue
  public String path() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What becomes of the migration: {@code is paused}. */
  String effect() {
    return effect;
  }

  static List<Act> open(Migration migration) {
    return Arrays.stream(values()).filter(act -> act.isOpen(migration)).toList();
  }

  private static boolean isGoingOn(Migration migration) {
    return !migration.state().isTerminal()
        && migration.state() != MigrationState.ROLLING_BACK
        && migration.state() != MigrationState.FAILED;
  }
}
