// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

/**
 * A change of the product's SQL.
 *
 * @param statement a part of the statements that are meant
 * @param find the text that is replaced; must be there
 */
record SqlEdit(String statement, String find, String replacement) {

  boolean means(String sql) {
    // What the simulation asks for itself is not the product's.
    return sql.contains(statement) && !sql.contains("sim_");
  }

  String apply(String sql) {
    if (!sql.contains(find)) {
      throw new AssertionError("a mutation no longer fits: '" + find + "' is not in: " + sql);
    }
    return sql.replace(find, replacement);
  }
}
