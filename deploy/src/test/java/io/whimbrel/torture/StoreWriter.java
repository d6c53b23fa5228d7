// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.StoreImage.Row;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * An application that may use the store while it is migrated. What the store must hold at the end
 * is then for its log to say.
 */
interface StoreWriter extends AutoCloseable {

  /**
   * What the store would hold if nobody wrote.
   *
   * @param tables of the application; of the memories without the two columns that a migration
   *     changes when the migration was completed, else with all
   */
  record Expected(Map<String, List<String>> texts, Map<String, List<Row>> tables) {}

  /** Nobody writes. */
  StoreWriter NONE =
      new StoreWriter() {
        @Override
        public boolean writes() {
          return false;
        }

        @Override
        public void start(TortureStore store) {}

        @Override
        public void pause() {}

        @Override
        public void goOn() {}

        @Override
        public void stop() {}

        @Override
        public long judge(StoreImage now, Expected untouched, Comparison comparison) {
          comparison.texts(now.texts(), untouched.texts());
          comparison.tables(now.tables(), untouched.tables());
          return 0;
        }

        @Override
        public void close() {}
      };

  boolean writes();

  /** Begins to write. */
  void start(TortureStore store) throws IOException;

  /** Returns when nothing is being written. */
  void pause() throws IOException;

  void goOn() throws IOException;

  /** Ends writing; afterwards the log is whole. */
  void stop() throws IOException, InterruptedException;

  /**
   * Compares the rows; nothing may be written meanwhile.
   *
   * @return writes that were acknowledged and looked for
   */
  long judge(StoreImage now, Expected untouched, Comparison comparison)
      throws IOException, SQLException;

  @Override
  void close();
}
