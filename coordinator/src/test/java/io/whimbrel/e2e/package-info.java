/**
 * The commands as people run them, on whole stores, from the first migration to the last restore.
 * Each test ends by comparing every table with what it must hold. Nothing of the product is
 * replaced here: what cannot run in this process runs as a process of its own.
 */
@NullMarked
package io.whimbrel.e2e;

import org.jspecify.annotations.NullMarked;
