// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The tokens of a stored CREATE text with their places in it. SQLite has no statement that shows
 * CHECK, COLLATE or conflict clauses, so a table is rebuilt by editing its own text, never by
 * printing it anew from what pragmas tell.
 */
final class SqlTokens {

  /**
   * A token; comments and blanks are not tokens.
   *
   * @param depth how many parentheses are open around it
   */
  record Token(String text, int start, int end, int depth, boolean quoted) {
    /** Whether this is the bare keyword. */
    boolean is(String keyword) {
      return !quoted && text.equalsIgnoreCase(keyword);
    }

    /** The name this token stands for when it is an identifier. */
    String name() {
      if (!quoted) {
        return text;
      }
      char open = text.charAt(0);
      String inner = text.substring(1, text.length() - 1);
      return open == '[' ? inner : inner.replace("" + open + open, "" + open);
    }

    /** Whether this names the identifier; SQLite compares names without case. */
    boolean names(String identifier) {
      return name().toLowerCase(Locale.ROOT).equals(identifier.toLowerCase(Locale.ROOT));
    }
  }

  private final String sql;
  private final List<Token> tokens = new ArrayList<>();

  private SqlTokens(String sql) {
    this.sql = sql;
  }

  static List<Token> of(String sql) {
    SqlTokens lexer = new SqlTokens(sql);
    lexer.scan();
    return List.copyOf(lexer.tokens);
  }

  private void scan() {
    int depth = 0;
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int line = sql.indexOf('\n', at);
        at = line < 0 ? sql.length() : line + 1;
      } else if (sql.startsWith("/*", at)) {
        int close = sql.indexOf("*/", at + 2);
        at = close < 0 ? sql.length() : close + 2;
      } else if (c == '(' || c == ')') {
        depth -= c == ')' ? 1 : 0;
        tokens.add(new Token(String.valueOf(c), at, at + 1, depth, false));
        depth += c == '(' ? 1 : 0;
        at++;
      } else {
        int end = c == '"' || c == '\'' || c == '`' || c == '[' ? quotedEnd(at) : wordEnd(at);
        boolean quoted = c == '"' || c == '\'' || c == '`' || c == '[';
        tokens.add(new Token(sql.substring(at, end), at, end, depth, quoted));
        at = end;
      }
    }
  }

  private int quotedEnd(int start) {
    char close = sql.charAt(start) == '[' ? ']' : sql.charAt(start);
    int at = start + 1;
    while (at < sql.length()) {
      if (sql.charAt(at) == close) {
        boolean doubled = close != ']' && at + 1 < sql.length() && sql.charAt(at + 1) == close;
        if (!doubled) {
          return at + 1;
        }
        at++;
      }
      at++;
    }
    return sql.length();
  }

  private int wordEnd(int start) {
    int at = start;
    while (at < sql.length() && isWord(sql.charAt(at))) {
      at++;
    }
    return at == start ? start + 1 : at;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
  }
}
