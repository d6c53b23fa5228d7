/**
 * Places in the protocol where a test can make a real process die, freeze, fail or wait. Off unless
 * the environment names one of them, and then the process is no longer fit for anything but tests.
 */
@NullMarked
package io.whimbrel.faults;

import org.jspecify.annotations.NullMarked;
