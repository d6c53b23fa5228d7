// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a verification found.
 *
 * @param memories how many memories there are
 * @param contentDigest see {@link io.whimbrel.format.ContentDigest}; of those that can be read
 * @param forms memories by the form of their content, damaged ones included
 * @param warnings contents that are doubtful but readable
 * @param faults how often each fault was found; those not found are left out
 * @param segments how many segments there are
 * @param unusedSegments segments that no memory names
 * @param unusedSegmentBytes their bodies' bytes as stored
 * @param deadBytes raw bytes within used segments that no memory names any more
 * @param retainedMigration the migration whose legacy table was compared, if one is kept and
 *     comparable
 * @param findings the first findings of each code, for people
 */
public record StoreVerification(
    long memories,
    String contentDigest,
    Map<ContentForm, Long> forms,
    long warnings,
    Map<StoreFault, Long> faults,
    long segments,
    long unusedSegments,
    long unusedSegmentBytes,
    long deadBytes,
    OptionalLong retainedMigration,
    List<StoreFinding> findings) {

  public StoreVerification {
    Map<ContentForm, Long> formsCopy = new EnumMap<>(ContentForm.class);
    formsCopy.putAll(forms);
    forms = Collections.unmodifiableMap(formsCopy);
    Map<StoreFault, Long> faultsCopy = new EnumMap<>(StoreFault.class);
    faultsCopy.putAll(faults);
    faults = Collections.unmodifiableMap(faultsCopy);
    findings = List.copyOf(findings);
  }

  /** Memories whose content cannot be decoded; they are as the application left them. */
  public long quarantined() {
    return count(ContentForm.QUARANTINED);
  }

  public long count(ContentForm form) {
    return forms.getOrDefault(form, 0L);
  }

  public long count(StoreFault fault) {
    return faults.getOrDefault(fault, 0L);
  }

  /**
   * Whether nothing is lost or damaged. Quarantined contents and dead space do not count: the first
   * are the application's own damage, carried unchanged, the second is {@code compact}'s work.
   */
  public boolean isSound() {
    return faults.isEmpty();
  }
}
