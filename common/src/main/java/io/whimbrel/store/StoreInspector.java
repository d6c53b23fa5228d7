// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.sql.SQLException;

/** Looks at a store before anything is touched. */
public interface StoreInspector {

  /**
   * Everything a person should know before migrating, and the refusal of what cannot be carried.
   *
   * @throws StoreRefusedException when an object of the store cannot be carried over, by its name
   */
  Inspection inspect() throws SQLException;

  /** The sizes of the store now, in bytes. */
  StoreSizes sizes() throws SQLException;

  /**
   * A digest of the table's definition and all that hangs on it; whimbrel's own objects excluded.
   */
  String fingerprint() throws SQLException;
}
