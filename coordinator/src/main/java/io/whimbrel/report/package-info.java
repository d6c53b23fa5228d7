/**
 * What a finished run leaves behind: one {@link io.whimbrel.report.MigrationReport}, written as
 * JSON for machines, as a page for people, and as a short table for the terminal. Everything here
 * is computed from the report alone, so the three always tell the same story. Keys, details and
 * names from the store are untrusted text: they leave this package only through {@link
 * io.whimbrel.report.SafeText}. Files are readable by their owner only.
 */
@NullMarked
package io.whimbrel.report;

import org.jspecify.annotations.NullMarked;
