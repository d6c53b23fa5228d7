/**
 * A legacy store made to order, to try a migration on and to measure it with. It owns the legacy
 * table definitions, the generated text and every form in which the legacy application stored it,
 * damage included. The invariant: the same options give the same rows, whatever the database, and
 * the numbers handed back are those of the rows that were written.
 */
@NullMarked
package io.whimbrel.demo;

import org.jspecify.annotations.NullMarked;
