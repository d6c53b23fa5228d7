// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.StoreImage.Row;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * An application that uses the store while it is migrated. What the store must hold at the end is
 * then for its log to say.
 */
interface StoreWriter {

  /**
   * What the store must hold.
   *
   * @param tables of the application; of the memories without the two columns that a migration
   *     changes when {@code completed}, else with all
   */
  record Expected(Map<String, List<String>> texts, Map<String, List<Row>> tables) {}

  /** Nobody writes. */
  StoreWriter NONE =
      new StoreWriter() {
        @Override
        public void start(TortureStore store) {}

        @Override
        public void stop() {}

        @Override
        public Expected expected(Expected before, boolean completed) {
          return before;
        }
      };

  /** Begins to write. */
  void start(TortureStore store) throws IOException;

  /** Ends writing; afterwards the log is whole. */
  void stop() throws IOException, InterruptedException;

  /**
   * What the store must hold now.
   *
   * @param before what it would hold if nobody had written
   * @param completed whether the migration was completed, or else undone
   */
  Expected expected(Expected before, boolean completed) throws IOException;
}
