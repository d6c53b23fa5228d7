// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

/**
 * A column of the memories table.
 *
 * @param declaredType the type as the database spells it, empty when none is declared
 * @param generated computed by the database, so never written by a copy
 */
public record Column(String name, String declaredType, boolean notNull, boolean generated) {}
