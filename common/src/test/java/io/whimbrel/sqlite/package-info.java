/** Tests of the SQLite adapter against files, with other connections and processes as writers. */
@NullMarked
package io.whimbrel.sqlite;

import org.jspecify.annotations.NullMarked;
