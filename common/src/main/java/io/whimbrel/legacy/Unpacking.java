// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

/** What came of trying to unpack a text as base64 of a compressed stream. */
sealed interface Unpacking {

  /** A whole stream whose checksum holds, and nothing after it; the bytes are UTF-8. */
  record Unpacked(byte[] utf8, LegacyForm form) implements Unpacking {}

  /** A stream, as its header says, that does not give its text. */
  record Broken(ContentProblem problem, String detail) implements Unpacking {}

  /** Not a compressed stream in base64 at all. */
  record NotPacked() implements Unpacking {}
}
