// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.reader.ContentForm;
import io.whimbrel.reader.Memory;
import io.whimbrel.reader.MemoryContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares what a row says with what it must say. Not thread-safe. */
final class RowJudge {

  private static final int SHOWN_CHARS = 60;

  private final Values values;
  private final Originals originals;
  private final Digests digests = new Digests();

  RowJudge(Values values, Originals originals) {
    this.values = values;
    this.originals = originals;
  }

  /**
   * @return what is wrong, or null
   */
  @Nullable String differs(RowState expected, Memory memory) {
    List<String> wrong = new ArrayList<>();
    if (!isText(expected.text(), memory)) {
      wrong.add("content is not " + name(expected.text()) + " but " + shown(memory.content()));
    }
    if (!isTitle(expected.title(), memory)) {
      wrong.add(
          "columns are not " + name(expected.title()) + " but " + memory.columns().get("title"));
    }
    if (!isRest(expected.rest(), memory)) {
      wrong.add("other columns are not " + name(expected.rest()) + " but " + memory.columns());
    }
    return wrong.isEmpty() ? null : String.join("; ", wrong);
  }

  private boolean isText(long version, Memory memory) {
    if (Versions.isOriginal(version)) {
      return digests.ofText(memory) == originals.get(version).text();
    }
    String text = values.content(version);
    return memory.content().form() != ContentForm.ABSENT
        && Arrays.equals(memory.content().utf8(), text.getBytes(StandardCharsets.UTF_8))
        && says(memory, "version", Versions.number(version))
        && says(memory, "content_size", text.codePointCount(0, text.length()));
  }

  private boolean isTitle(long version, Memory memory) {
    if (Versions.isOriginal(version)) {
      return digests.ofTitle(memory) == originals.get(version).title();
    }
    return says(memory, "title", values.title(version))
        && says(memory, "access_count", values.accessCount(version))
        && says(memory, "updated_at", values.time(version));
  }

  private boolean isRest(long version, Memory memory) {
    if (Versions.isOriginal(version)) {
      return digests.ofRest(memory) == originals.get(version).rest();
    }
    byte[] embedding = values.hasEmbedding(version) ? values.embedding(version) : new byte[0];
    return says(memory, "access_level", "user")
        && says(memory, "owner_id", 1)
        && memory.columns().get("context_id") == null
        && says(memory, "created_at", values.time(version))
        && isTrue(memory.columns().get("is_active"))
        && says(memory, "memory_metadata", values.metadata(version))
        && memory.columns().get("last_accessed") == null
        && memory.columns().get("embedding_vector") instanceof byte[] found
        && Arrays.equals(found, embedding);
  }

  private static boolean says(Memory memory, String column, Object expected) {
    return String.valueOf(expected).equals(String.valueOf(memory.columns().get(column)));
  }

  private static boolean isTrue(@Nullable Object value) {
    return Objects.equals(value, true) || Objects.equals(value, 1L);
  }

  /**
   * Judges what the old application reads, which knows NULL for a content that is packed.
   *
   * @return what is wrong, or null
   */
  @Nullable String differs(RowState expected, OldApplication.Seen seen) {
    List<String> wrong = new ArrayList<>();
    long text = expected.text();
    String content = seen.content();
    if (content != null && !isWhole(text, content)) {
      wrong.add("content is not " + name(text) + " but " + cut(content));
    }
    if (!Versions.isOriginal(text) && seen.number() != Versions.number(text)) {
      wrong.add("version is not " + name(text) + " but " + seen.number());
    }
    long title = expected.title();
    if (!Versions.isOriginal(title)
        && !(seen.title().equals(values.title(title))
            && seen.accessCount() == values.accessCount(title))) {
      wrong.add("title is not " + name(title) + " but " + seen.title());
    }
    return wrong.isEmpty() ? null : String.join("; ", wrong);
  }

  private boolean isWhole(long version, String content) {
    if (!Versions.isOriginal(version)) {
      return content.equals(values.content(version));
    }
    Original original = originals.get(version);
    long digest = digests.ofStored(content);
    return digest == original.stored() || digest == original.decoded();
  }

  /** Whether this very row is there under another key: a finding's kind, not a proof. */
  long resemblance(Memory memory) {
    return digests.ofText(memory) * 31 + digests.ofTitle(memory);
  }

  /** As {@link #resemblance(Memory)}, of an original row. */
  long resemblance(long originalKey) {
    Original original = originals.get(originalKey);
    return original.text() * 31 + original.title();
  }

  /** The version that a title names, or 0. */
  static long versionNamed(Map<String, @Nullable Object> columns) {
    String title = String.valueOf(columns.get("title"));
    return title.matches("written [0-9a-f]{10,15}")
        ? Long.parseLong(title.substring("written ".length()), 16)
        : 0;
  }

  private static String name(long version) {
    return Versions.isOriginal(version)
        ? "the original of " + version
        : "[" + Long.toHexString(version) + "]";
  }

  private static String shown(MemoryContent content) {
    return content.form() + " " + cut(content.text());
  }

  private static String cut(String text) {
    int chars = text.length();
    return "`"
        + (chars <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS))
        + "` of "
        + chars
        + " characters";
  }
}
