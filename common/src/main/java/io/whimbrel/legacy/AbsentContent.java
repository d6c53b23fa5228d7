// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** SQL NULL: the memory has no content, which is not the same as an empty one. */
public record AbsentContent() implements DecodedContent {}
