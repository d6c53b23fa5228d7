/**
 * SQLite: one process, one writing connection, many readers in WAL mode. A store's file is opened
 * through SQLite only: a plain read of a live file would drop SQLite's locks. Rows are carried from
 * table to table inside the database, so that every value keeps its storage class.
 */
@NullMarked
package io.whimbrel.sqlite;

import org.jspecify.annotations.NullMarked;
