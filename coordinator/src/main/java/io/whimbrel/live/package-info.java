/**
 * What a person sees of a running migration, and how he steers it: the status that the page, the
 * control API and {@code whimbrel status} share, the stream of its changes, and the acts. Numbers
 * come from the ledger, so that every reader sees the same whichever process he asks; acts are
 * wishes written into the ledger, so that none is lost with a process. Nothing here decides
 * anything about the migration, and no request reaches it that {@code Access} has not let in.
 */
@NullMarked
package io.whimbrel.live;

import org.jspecify.annotations.NullMarked;
