// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.whimbrel.store.StoreKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationChooserTest {

  private static final int OPERATIONS = 5_000;

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void operations_areTheSame_forTheSameSeed(StoreKind database) {
    assertThat(run(database, 3, 0)).isEqualTo(run(database, 3, 0));
    assertThat(run(database, 3, 0)).isNotEqualTo(run(database, 4, 0));
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void writers_shareNoKeyAndNoVersion(StoreKind database) {
    Set<Long> first = written(run(database, 3, 0));
    Set<Long> second = written(run(database, 3, 1));

    assertThat(first).doesNotContainAnyElementsOf(second).hasSizeGreaterThan(1_000);
  }

  @Test
  void originals_keepTheirKeys_whereOtherTablesPointToThem() {
    assertThat(run(StoreKind.POSTGRESQL, 3, 0))
        .filteredOn(operation -> operation.kind() == OperationKind.MOVE)
        .isNotEmpty()
        .noneMatch(
            operation -> Versions.isOriginal(operation.changes().get(1).presentAfter().rest()));
  }

  /** Keys below zero and versions. */
  private static Set<Long> written(List<Operation> operations) {
    Set<Long> written = new HashSet<>();
    for (Operation operation : operations) {
      for (Change change : operation.changes()) {
        RowState after = change.after();
        if (operation.kind().isWrite() && after != null) {
          written.add(after.text());
          written.add(change.knownKey());
        }
      }
    }
    written.removeIf(number -> number >= 0 && number < 1_000_000);
    return written;
  }

  /** Applies what is chosen, giving ascending keys as a database does. */
  private static List<Operation> run(StoreKind database, long seed, int writer) {
    OwnedRows rows = new OwnedRows();
    for (long key = writer; key < 200; key += 2) {
      rows.apply(List.of(new Change(key, RowState.of(key))));
    }
    OperationChooser chooser = new OperationChooser(database, seed, writer, rows);
    List<Operation> operations = new ArrayList<>();
    long given = 1_000 + writer * 100_000L;
    for (int i = 0; i < OPERATIONS; i++) {
      Operation operation = chooser.next();
      List<Change> keyed = new ArrayList<>();
      for (Change change : operation.changes()) {
        keyed.add(change.key() == null ? new Change(given++, change.after()) : change);
      }
      if (operation.kind().isWrite()) {
        rows.apply(keyed);
      }
      operations.add(new Operation(operation.number(), operation.kind(), keyed));
    }
    return operations;
  }
}
