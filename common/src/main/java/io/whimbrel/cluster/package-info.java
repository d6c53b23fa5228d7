/**
 * How the processes of one migration name each other: addresses as people write them in options and
 * environment variables.
 *
 * <p>Nothing here opens a connection or resolves a name, so a value of this package can be parsed,
 * compared and printed anywhere.
 */
@NullMarked
package io.whimbrel.cluster;

import org.jspecify.annotations.NullMarked;
