/**
 * The grid between a coordinator and its workers: a bounded queue of range hints, one small entry
 * of numbers a worker, and the control state.
 *
 * <p>The invariant: nothing here decides anything. A hint may be lost, repeated or late, an entry
 * may be stale or missing, and the migration still ends with the same rows, because every claim and
 * commit is checked in the database. So each call is bounded in time and fails with {@link
 * io.whimbrel.grid.GridUnavailableException} instead of waiting for a grid that is gone. Row
 * content and credentials never enter the grid.
 */
@NullMarked
package io.whimbrel.grid;

import org.jspecify.annotations.NullMarked;
