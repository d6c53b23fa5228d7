// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A memory's text.
 *
 * @param utf8 the text in UTF-8; for plain content the stored array itself, so nobody may change it
 * @param form how it was stored
 * @param warning what is doubtful about it, or null
 * @param detail what was seen, for the report; empty when there is nothing to say
 */
public record DecodedText(
    byte[] utf8, LegacyForm form, @Nullable ContentProblem warning, String detail)
    implements DecodedContent {

  public DecodedText {
    requireNonNull(utf8, "utf8 is null");
    requireNonNull(form, "form is null");
    requireNonNull(detail, "detail is null");
    if (warning != null && warning.severity() != ContentProblem.Severity.WARNING) {
      throw new IllegalArgumentException("not a warning: problem=" + warning.code());
    }
  }
}
