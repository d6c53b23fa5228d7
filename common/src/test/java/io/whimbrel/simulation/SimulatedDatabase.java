// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import io.whimbrel.ledger.LedgerDialect;
import io.whimbrel.ledger.LedgerSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.Function;

/**
 * One database in memory that holds the ledger and the store, with a clock that only the scheduler
 * moves. A transaction is one step: nothing comes between its statements.
 */
final class SimulatedDatabase implements AutoCloseable {

  /** What becomes of a transaction. */
  enum Outcome {
    ANSWERED,
    ANSWER_LOST,
    /** Done and undone again. */
    REFUSED,
    /** Nothing of it came so far as the database. */
    UNREACHED
  }

  /** The statements of a transaction. */
  interface Work<T extends @Nullable Object> {
    T in(Connection connection) throws SQLException;
  }

  private final Mutation mutation;
  private final List<SqlEdit> edits;
  private final Connection raw;
  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;
  private final Set<SqlEdit> edited = new HashSet<>();
  private long nowMillis;
  private boolean inTransaction;
  private boolean changed;
  private long splits;

  SimulatedDatabase(Mutation mutation) throws SQLException {
    this.mutation = mutation;
    this.edits = BrokenSql.edits(mutation);
    this.raw = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Statement statement = raw.createStatement()) {
      statement.execute("PRAGMA synchronous = OFF");
    }
    // The database's clock, as the product's SQL asks for it.
    Function.create(
        raw,
        "simulated_now",
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            result(nowMillis);
          }
        });
    this.begin = raw.prepareStatement("BEGIN IMMEDIATE");
    this.commit = raw.prepareStatement("COMMIT");
    this.rollback = raw.prepareStatement("ROLLBACK");
    this.connection = RewritingConnection.around(raw, this::rewrite, this::splitTransaction);
    new LedgerSchema(LedgerDialect.SQLITE, "").create(connection);
    SimulatedStore.create(raw);
    for (String trigger : BrokenSql.triggers(mutation)) {
      try (Statement statement = raw.createStatement()) {
        statement.execute(trigger);
      }
    }
  }

  private String rewrite(String sql) {
    String rewritten = sql.replace(LedgerDialect.SQLITE.nowMillis(), "simulated_now()");
    for (SqlEdit edit : edits) {
      if (edit.means(sql)) {
        rewritten = edit.apply(rewritten);
        edited.add(edit);
      }
    }
    return rewritten;
  }

  // A mutation may break one transaction into two: what was done so far is committed then.
  private void splitTransaction(String sql) throws SQLException {
    if (inTransaction && BrokenSql.splitsBefore(mutation, sql)) {
      splits++;
      commit.execute();
      changed = true;
      begin.execute();
    }
  }

  /** Whether every change of the product's SQL was put to use. */
  boolean isMutated() {
    return edited.containsAll(edits)
        && (mutation != Mutation.DRAIN_IN_TWO_TRANSACTIONS || splits > 0);
  }

  /** Whether something was committed since this was asked last. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  void setNow(long millis) {
    nowMillis = millis;
  }

  /** For setting up and looking on, outside of what is simulated. */
  Connection raw() {
    return raw;
  }

  <T extends @Nullable Object> T transact(Outcome outcome, Work<T> work) throws SQLException {
    if (outcome == Outcome.UNREACHED) {
      throw new SimulatedOutage("not reached");
    }
    begin.execute();
    inTransaction = true;
    boolean committed = false;
    try {
      T result = work.in(connection);
      if (outcome == Outcome.REFUSED) {
        throw new SimulatedOutage("not committed");
      }
      commit.execute();
      committed = true;
      changed = true;
      if (outcome == Outcome.ANSWER_LOST) {
        throw new SimulatedOutage("committed, but the answer was lost");
      }
      return result;
    } finally {
      inTransaction = false;
      if (!committed) {
        rollback.execute();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    raw.close();
  }
}
