/**
 * A trial of the migration on a store that is in use: an application that writes at a steady rate
 * and remembers what it was promised, a check of a store against these promises, and a driver that
 * migrates, rolls back and migrates again meanwhile.
 *
 * <p>The invariant that it looks for: after every acknowledged write the store holds just what was
 * written, whatever became of the migration.
 */
@NullMarked
package io.whimbrel.load;

import org.jspecify.annotations.NullMarked;
