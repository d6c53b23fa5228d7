/**
 * Which errors are the environment's, and how long to wait before the next try. An error listed
 * here is retried and never counts against a memory; any other is the data's or the program's.
 */
@NullMarked
package io.whimbrel.retry;

import org.jspecify.annotations.NullMarked;
