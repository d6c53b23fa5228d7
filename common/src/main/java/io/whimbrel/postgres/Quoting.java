// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.util.Locale;

/** Text of SQL pieces that cannot be parameters: identifiers, and literals inside COPY or DO. */
final class Quoting {

  private Quoting() {}

  /** {@link String#format}, free of the machine's language. */
  static String fill(String template, Object... values) {
    return String.format(Locale.ROOT, template, values);
  }

  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** A string constant; every connection has standard_conforming_strings on. */
  static String literal(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("PostgreSQL text cannot hold U+0000");
    }
    return "'" + text.replace("'", "''") + "'";
  }
}
