/**
 * The worker: claims ranges, reads and decodes memories, packs and checks segments, and commits
 * rows, segments and ledger in one transaction. A worker owns a range only while the ledger says
 * so; whatever it believes, a commit with an old attempt number changes nothing.
 */
@NullMarked
package io.whimbrel.worker;

import org.jspecify.annotations.NullMarked;
