// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** An application that writes to the store all day; a transaction stays open for a while. */
final class ApplicationThread extends Actor {

  ApplicationThread(World world, SimulatedProcess process, String name) {
    super(world, process, name);
    begin(this::idle);
  }

  Step idle() {
    sleep(world.random().nextInt(800));
    return this::open;
  }

  // The numbers of the change log are given out here, and seen when the transaction commits.
  private Step open() {
    Map<String, Long> changes = new LinkedHashMap<>();
    for (int i = world.random().nextInt(3); i >= 0; i--) {
      String key = world.anyKey();
      if (world.openKeys().add(key)) {
        changes.put(key, world.nextChangeId());
      }
    }
    sleep(world.random().nextInt(600));
    return () -> commit(changes);
  }

  private Step commit(Map<String, Long> changes) throws SQLException {
    Map<String, Boolean> writes = new LinkedHashMap<>();
    changes.keySet().forEach(key -> writes.put(key, world.random().nextInt(4) != 0));
    Map<String, Long> values = new LinkedHashMap<>();
    writes.forEach(
        (key, present) -> values.put(key, present ? world.nextVersion() : -world.nextVersion()));
    try {
      world.update(
          Deed.of(Deed.Kind.APPLICATION, name),
          connection -> world.store().write(connection, changes, values));
    } finally {
      world.openKeys().removeAll(changes.keySet());
    }
    return idle();
  }

  @Override
  Step whenFenced() {
    throw new Violation("the application knows no fences");
  }

  @Override
  Step whenRefused() {
    return this::idle;
  }
}
