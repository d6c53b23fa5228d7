// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryReader;
import io.whimbrel.reader.UnreadableMemoryException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds a store, in whatever form it is, against what was promised: every row is read through the
 * reader library, whole, and every promise is looked for. Nobody may write meanwhile.
 */
final class StoreCheck {

  private final Target target;
  private final Promises promises;
  private final RowJudge judge;
  private final Map<Long, Long> keysByTitle = new HashMap<>();
  private final Map<Long, Long> keysByResemblance = new HashMap<>();
  private final Set<Long> seen = new HashSet<>();
  private final CheckResult.Tally tally = new CheckResult.Tally();

  private StoreCheck(Target target, Originals originals, Values values, Promises promises) {
    this.target = target;
    this.promises = promises;
    this.judge = new RowJudge(values, originals);
    promises
        .present()
        .forEach(
            (key, state) -> {
              if (!Versions.isOriginal(state.title())) {
                keysByTitle.put(state.title(), key);
              } else if (Versions.isOriginal(state.text())) {
                keysByResemblance.put(judge.resemblance(state.text()), key);
              }
            });
  }

  static CheckResult of(Target target, Originals originals, Values values, Promises promises)
      throws SQLException {
    return new StoreCheck(target, originals, values, promises).run();
  }

  private CheckResult run() throws SQLException {
    try (MemoryReader reader = target.openReader()) {
      reader.forEach(this::row);
    }
    for (Map.Entry<Long, RowState> promise : promises.present().entrySet()) {
      long key = promise.getKey();
      boolean mayBeGone = promises.isDoubtful(key) && promises.alternative(key) == null;
      if (!seen.contains(key) && !mayBeGone) {
        tally.fault(Fault.LOST, key, "must hold " + promise.getValue());
      }
    }
    // A walk in the order of the keys cannot be trusted to meet a key twice.
    long rows = countRows();
    if (rows != tally.memories()) {
      tally.fault(Fault.DOUBLED, 0, "rows=" + rows + " but by keys " + tally.memories());
    }
    return tally.result(promises.acknowledged());
  }

  private long countRows() throws SQLException {
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM memories")) {
      row.next();
      return row.getLong(1);
    }
  }

  private void row(Memory memory) {
    long key = Originals.key(memory);
    tally.memory();
    if (!seen.add(key)) {
      tally.fault(Fault.DOUBLED, key, "the key is there twice");
      return;
    }
    try {
      judge(key, memory);
    } catch (UnreadableMemoryException e) {
      tally.fault(Fault.UNREADABLE, key, String.valueOf(e.getMessage()));
    }
  }

  private void judge(long key, Memory memory) {
    RowState promised = promises.present().get(key);
    if (isAlternative(key, memory)) {
      tally.doubtful();
    } else if (promised == null) {
      unexpected(key, memory);
    } else {
      String difference = judge.differs(promised, memory);
      if (difference != null) {
        tally.fault(Fault.ALTERED, key, difference);
      } else if (promised.equals(RowState.of(key))) {
        tally.untouched();
      }
    }
  }

  private boolean isAlternative(long key, Memory memory) {
    RowState alternative = promises.alternative(key);
    if (alternative != null && judge.differs(alternative, memory) == null) {
      return true;
    }
    long named = RowJudge.versionNamed(memory.columns());
    return promises.mayExist(named) && judge.differs(RowState.of(named), memory) == null;
  }

  private void unexpected(long key, Memory memory) {
    @Nullable Long twin = keysByTitle.get(RowJudge.versionNamed(memory.columns()));
    twin = twin == null ? keysByResemblance.get(judge.resemblance(memory)) : twin;
    if (twin == null) {
      tally.fault(Fault.RESURRECTED, key, "nothing may be there: " + memory.columns());
    } else {
      tally.fault(Fault.DOUBLED, key, "as the row of key " + twin);
    }
  }
}
