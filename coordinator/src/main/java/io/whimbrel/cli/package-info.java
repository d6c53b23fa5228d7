/** The command line: what people type, and what they get back. One file a command. */
@NullMarked
package io.whimbrel.cli;

import org.jspecify.annotations.NullMarked;
