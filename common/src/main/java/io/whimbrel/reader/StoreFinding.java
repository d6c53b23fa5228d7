// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.legacy.ContentProblem;
import org.jspecify.annotations.Nullable;

/**
 * One thing a verification found: a fault, or a problem of a content.
 *
 * @param code of a {@link StoreFault} or of a {@link ContentProblem}
 * @param key the memory, or null when a whole segment is meant
 * @param segmentId the segment, or null when none is involved
 */
public record StoreFinding(
    String code, @Nullable String key, @Nullable Long segmentId, String detail) {}
