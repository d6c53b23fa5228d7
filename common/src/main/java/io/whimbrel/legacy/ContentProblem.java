// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import java.util.Arrays;

/**
 * What can be wrong with a stored content. The codes are kept in ledgers and reports, so they never
 * change.
 */
public enum ContentProblem {
  CUT_STREAM(
      Severity.QUARANTINE,
      "cut-stream",
      "The compressed text was cut off; what follows the cut is lost."),
  CORRUPT_STREAM(
      Severity.QUARANTINE,
      "corrupt-stream",
      "The compressed text is damaged: it does not unpack, or not to what was packed."),
  TRAILING_BYTES(
      Severity.QUARANTINE, "trailing-bytes", "More bytes follow the end of the compressed text."),
  INFLATED_TOO_LARGE(
      Severity.QUARANTINE,
      "inflated-too-large",
      "The compressed text unpacks to more than the allowed size."),
  NOT_TEXT(Severity.QUARANTINE, "not-text", "The stored content is not text."),
  UNWRITABLE(
      Severity.QUARANTINE, "unwritable", "The row could not be written to the migrated table."),
  WRONG_FLAG(
      Severity.WARNING, "wrong-flag", "The content is marked as compressed but is plain text."),
  CUT_TEXT(
      Severity.WARNING,
      "cut-text",
      "The application cut the text to its first 100 characters; the rest is lost."),
  CUT_CHUNKS(
      Severity.WARNING,
      "cut-chunks",
      "The chunks do not make up the whole text; what they hold was kept."),
  INTERRUPTED_CREATE(
      Severity.WARNING,
      "interrupted-create",
      "The application stopped before it wrote the text; the memory is empty.");

  /** What a problem means for the memory that has it. */
  public enum Severity {
    /** No text can be had: the stored bytes are carried unchanged and count as failed. */
    QUARANTINE,
    /** The text that is there is migrated, and the problem is listed. */
    WARNING
  }

  private final Severity severity;
  private final String code;
  private final String sentence;

  ContentProblem(Severity severity, String code, String sentence) {
    this.severity = severity;
    this.code = code;
    this.sentence = sentence;
  }

  public Severity severity() {
    return severity;
  }

  /** The stable name, in lower case with hyphens. */
  public String code() {
    return code;
  }

  /** One sentence for people. */
  public String sentence() {
    return sentence;
  }

  /** What a code means, in one sentence; empty for a code of another version. */
  public static String meaning(String code) {
    return Arrays.stream(values())
        .filter(problem -> problem.code.equals(code))
        .map(ContentProblem::sentence)
        .findFirst()
        .orElse("");
  }

  /**
   * The problem of a code.
   *
   * @throws IllegalArgumentException when no problem has this code
   */
  public static ContentProblem ofCode(String code) {
    for (ContentProblem problem : values()) {
      if (problem.code.equals(code)) {
        return problem;
      }
    }
    throw new IllegalArgumentException("unknown content problem: code=" + code);
  }
}
