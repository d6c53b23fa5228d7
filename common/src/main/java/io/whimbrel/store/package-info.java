/**
 * What a memory store is, whichever database holds it: its address, its layout, and the sessions
 * through which a migration reads and writes it. Nothing here knows a database's dialect; {@code
 * io.whimbrel.sqlite} and {@code io.whimbrel.postgres} implement these types.
 */
@NullMarked
package io.whimbrel.store;

import org.jspecify.annotations.NullMarked;
