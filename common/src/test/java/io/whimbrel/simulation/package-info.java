/**
 * A seeded simulation of the migration protocol: the product's ledger runs against one database in
 * memory, with a virtual clock, a grid that loses and repeats, and processes that crash, freeze and
 * come back. After every transaction the invariants of the protocol are checked.
 */
@NullMarked
package io.whimbrel.simulation;

import org.jspecify.annotations.NullMarked;
