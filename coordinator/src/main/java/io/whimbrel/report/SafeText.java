// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.regex.Pattern;

/**
 * The one place where untrusted text is made harmless, for a page and for a terminal. Pure and
 * thread-safe.
 */
public final class SafeText {
  // To the last @, whatever stands between: a password may hold any character, and hiding too much
  // of an odd URL does less harm than showing a part of a password. A port is not a password.
  private static final Pattern USER_INFO_PASSWORD =
      Pattern.compile("(://[^/?#:@\\s]*):(?!\\d+(?:[/?]|$)).*@");
  private static final Pattern PASSWORD_PARAMETER =
      Pattern.compile("(?i)([?&;](?:[a-z_]*password|passwd|pwd|pass)=)[^&;\\s]*");

  private SafeText() {}

  /**
   * Text for an element or a quoted attribute of a page. Characters that HTML forbids, halves of
   * surrogate pairs among them, become U+FFFD.
   */
  public static String html(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowedInHtml(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  /**
   * Text for one line of a terminal or a log: line ends and tabs become spaces, other control and
   * format characters (escape sequences, reversed writing) become question marks.
   */
  public static String line(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\r' || c == '\t' || c == 0x2028 || c == 0x2029) {
                out.append(' ');
              } else if (printable(c)) {
                out.appendCodePoint(c);
              } else {
                out.append('?');
              }
            });
    return out.toString();
  }

  /** At most {@code maxChars} characters, the last one an ellipsis where something was cut. */
  static String cut(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    int end = maxChars - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }

  /** The URL without the password it may carry, in its user part or among its parameters. */
  static String withoutPassword(String url) {
    String user = USER_INFO_PASSWORD.matcher(url).replaceAll("$1:***@");
    return PASSWORD_PARAMETER.matcher(user).replaceAll("$1***");
  }

  private static boolean allowedInHtml(int c) {
    boolean control = Character.isISOControl(c) && c != '\n' && c != '\t' && c != '\r';
    return !control && !halfPair(c) && (c & 0xFFFE) != 0xFFFE;
  }

  private static boolean printable(int c) {
    return !Character.isISOControl(c) && !halfPair(c) && Character.getType(c) != Character.FORMAT;
  }

  private static boolean halfPair(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
