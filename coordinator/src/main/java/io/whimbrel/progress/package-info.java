/**
 * Progress for people who watch a run: a live bar on a terminal, plain lines in a log file, nothing
 * when asked to be quiet. Displays only show what they are told. They never fail a run, and only
 * the terminal's display ever writes control codes.
 */
@NullMarked
package io.whimbrel.progress;

import org.jspecify.annotations.NullMarked;
