// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import static java.util.Objects.requireNonNull;

import io.whimbrel.legacy.ContentProblem;
import io.whimbrel.legacy.StorageClass;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A memory's content.
 *
 * @param utf8 the text in UTF-8, or the stored bytes of a quarantined content; not copied, so
 *     nobody may change it; empty when the content is absent
 * @param form how it is stored
 * @param storageClass the type of the stored value, which is TEXT but for absent or quarantined
 *     content
 * @param problem what is wrong or doubtful about the stored content, or null
 * @param detail what was seen; empty when there is nothing to say
 */
public record MemoryContent(
    byte[] utf8,
    ContentForm form,
    StorageClass storageClass,
    @Nullable ContentProblem problem,
    String detail) {

  public MemoryContent {
    requireNonNull(utf8, "utf8 is null");
    requireNonNull(form, "form is null");
    requireNonNull(storageClass, "storageClass is null");
    if ((form == ContentForm.ABSENT) != (storageClass == StorageClass.NULL)) {
      throw new IllegalArgumentException("form=" + form + " storageClass=" + storageClass);
    }
  }

  static MemoryContent packed(byte[] utf8) {
    return new MemoryContent(utf8, ContentForm.PACKED, StorageClass.TEXT, null, "");
  }

  /** The text; the stored text as it is when it is quarantined, empty when it is absent. */
  public String text() {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
