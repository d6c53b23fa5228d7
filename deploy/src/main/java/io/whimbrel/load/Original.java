// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/**
 * Digests of a memory as it was before anything was done.
 *
 * @param text of the decoded content, its size and the version number
 * @param stored of the content as an application sees it in the row
 * @param decoded of the decoded content alone
 * @param title of title, access count and time of change
 * @param rest of every other column
 */
record Original(long text, long stored, long decoded, long title, long rest) {}
