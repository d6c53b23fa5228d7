/**
 * Key ranges: the unit of work that a worker claims. A range is (lower, upper] over the store's own
 * key order; its bounds are opaque text here and are compared by the database only, so that any key
 * type and collation works.
 */
@NullMarked
package io.whimbrel.keyrange;

import org.jspecify.annotations.NullMarked;
