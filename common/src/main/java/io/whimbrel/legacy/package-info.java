/**
 * What old applications stored as a memory's content, and how it reads as text: plain, zlib or gzip
 * inside base64, or split over chunks, with the damage such stores carry. Nothing here does I/O.
 *
 * <p>The invariant: decoding never throws on stored bytes, whatever they are, and never passes off
 * damaged content as sound. Content is either the text, the text with a warning, or quarantined.
 */
@NullMarked
package io.whimbrel.legacy;

import org.jspecify.annotations.NullMarked;
