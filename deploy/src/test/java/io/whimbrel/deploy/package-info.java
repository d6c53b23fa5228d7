/**
 * Tests of the files that run a cluster. They hold what no engine here can try: that the files
 * parse, and that they name only options, ports and metrics that exist.
 */
@NullMarked
package io.whimbrel.deploy;

import org.jspecify.annotations.NullMarked;
