/** Tests of the PostgreSQL store, on real servers. */
@NullMarked
package io.whimbrel.postgres;

import org.jspecify.annotations.NullMarked;
