/** Tests of the reader library; {@code Db} and {@code NewFormat} build stores by plain SQL. */
@NullMarked
package io.whimbrel.reader;

import org.jspecify.annotations.NullMarked;
