// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.sqlite.SqlTokens.Token;
import java.util.ArrayList;
import java.util.List;

/** Edits of stored CREATE texts, token by token; everything else stays as it was typed. */
final class CreateText {

  private static final List<String> CONSTRAINT_WORDS =
      List.of("constraint", "primary", "unique", "check", "foreign");

  private CreateText() {}

  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The table's text under another name. */
  static String renameTable(String sql, String newName) {
    List<Token> tokens = SqlTokens.of(sql);
    int name = nameIndex(tokens, "table");
    return replace(sql, tokens.get(name), quote(newName));
  }

  /** The index's text under another name, on another table. */
  static String renameIndex(String sql, String newName, String newTable) {
    List<Token> tokens = SqlTokens.of(sql);
    int name = nameIndex(tokens, "index");
    int on = name + 1;
    while (!tokens.get(on).is("on")) {
      on++;
    }
    String withTable = replace(sql, tokens.get(on + 1), quote(newTable));
    return replace(withTable, tokens.get(name), quote(newName));
  }

  /** The table's text with NOT NULL taken from one column. */
  static String dropNotNull(String sql, String column) {
    List<Token> tokens = SqlTokens.of(sql);
    for (int[] item : items(tokens)) {
      if (!tokens.get(item[0]).names(column)) {
        continue;
      }
      for (int at = item[0] + 1; at + 1 <= item[1]; at++) {
        if (tokens.get(at).depth() == 1
            && tokens.get(at).is("not")
            && tokens.get(at + 1).is("null")) {
          int first = at - 2 > item[0] && tokens.get(at - 2).is("constraint") ? at - 2 : at;
          int last = at + 1;
          if (last + 3 <= item[1]
              && tokens.get(last + 1).is("on")
              && tokens.get(last + 2).is("conflict")) {
            last += 3;
          }
          return cut(sql, tokens.get(first).start(), tokens.get(last).end());
        }
      }
    }
    return sql;
  }

  /** The table's text with further column definitions behind the last column. */
  static String insertAfterColumns(String sql, String definitions) {
    List<Token> tokens = SqlTokens.of(sql);
    int last = -1;
    for (int[] item : items(tokens)) {
      Token first = tokens.get(item[0]);
      boolean constraint = CONSTRAINT_WORDS.stream().anyMatch(first::is);
      if (!constraint) {
        last = item[1];
      }
    }
    int at = tokens.get(last).end();
    return sql.substring(0, at) + ", " + definitions + sql.substring(at);
  }

  /** The table's text without any foreign key, neither at a column nor as a table constraint. */
  static String dropForeignKeys(String sql) {
    List<Token> tokens = SqlTokens.of(sql);
    List<int[]> cuts = new ArrayList<>();
    for (int[] item : items(tokens)) {
      int first = item[0];
      boolean named = tokens.get(first).is("constraint");
      if (tokens.get(named ? first + 2 : first).is("foreign")) {
        // The comma before goes too; a table has a column before its constraints. Constraints may
        // also follow each other without one.
        boolean comma = tokens.get(first - 1).text().equals(",");
        int from = comma ? tokens.get(first - 1).start() : tokens.get(first).start();
        cuts.add(new int[] {from, tokens.get(item[1]).end()});
        continue;
      }
      for (int at = first + 1; at <= item[1]; at++) {
        if (tokens.get(at).is("references") && tokens.get(at).depth() == 1) {
          int from = at - 2 > first && tokens.get(at - 2).is("constraint") ? at - 2 : at;
          int to = referenceEnd(tokens, at, item[1]);
          cuts.add(new int[] {tokens.get(from).start(), tokens.get(to).end()});
          at = to;
        }
      }
    }
    String text = sql;
    for (int i = cuts.size() - 1; i >= 0; i--) {
      text = cut(text, cuts.get(i)[0], cuts.get(i)[1]);
    }
    return text;
  }

  /** Whether the text names the identifier outside of strings and comments. */
  static boolean mentions(String sql, String identifier) {
    return SqlTokens.of(sql).stream()
        .anyMatch(token -> !token.text().startsWith("'") && token.names(identifier));
  }

  /**
   * A CHECK of a table.
   *
   * @param name its name in backquotes, or its expression where it has none
   * @param expression with the parentheses around it
   */
  record Check(String name, String expression) {
    /** Whether the column is named in it. */
    boolean reads(String column) {
      return mentions(expression, column);
    }
  }

  /** The CHECK constraints of a table's text, of columns and of the table. */
  static List<Check> checks(String sql) {
    List<Token> tokens = SqlTokens.of(sql);
    List<Check> checks = new ArrayList<>();
    for (int at = 0; at + 1 < tokens.size(); at++) {
      Token open = tokens.get(at + 1);
      if (tokens.get(at).is("check") && open.text().equals("(")) {
        int close = at + 2;
        while (!tokens.get(close).text().equals(")") || tokens.get(close).depth() != open.depth()) {
          close++;
        }
        String expression = sql.substring(open.start(), tokens.get(close).end());
        boolean named = at >= 2 && tokens.get(at - 2).is("constraint");
        checks.add(
            new Check(named ? "`" + tokens.get(at - 1).name() + "`" : expression, expression));
      }
    }
    return checks;
  }

  /** What an option of a virtual table's text is set to, or the empty text. */
  static String option(String sql, String option) {
    List<Token> tokens = SqlTokens.of(sql);
    for (int at = 0; at + 2 < tokens.size(); at++) {
      if (tokens.get(at).names(option) && tokens.get(at + 1).text().equals("=")) {
        return tokens.get(at + 2).name();
      }
    }
    return "";
  }

  /** Whether an argument of a virtual table's text begins with this name and is no option. */
  static boolean hasArgument(String sql, String name) {
    List<Token> tokens = SqlTokens.of(sql);
    for (int at = 1; at + 1 < tokens.size(); at++) {
      String before = tokens.get(at - 1).text();
      if (tokens.get(at).names(name)
          && (before.equals("(") || before.equals(","))
          && !tokens.get(at + 1).text().equals("=")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the trigger fires on updates. */
  static boolean isUpdateTrigger(String sql) {
    for (Token token : SqlTokens.of(sql)) {
      if (token.is("on")) {
        return false;
      }
      if (token.is("update")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the table was made WITHOUT ROWID. */
  static boolean isWithoutRowid(String sql) {
    List<Token> tokens = SqlTokens.of(sql);
    for (int at = 0; at + 1 < tokens.size(); at++) {
      if (tokens.get(at).depth() == 0
          && tokens.get(at).is("without")
          && tokens.get(at + 1).is("rowid")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the table is STRICT. */
  static boolean isStrict(String sql) {
    List<Token> tokens = SqlTokens.of(sql);
    int at = tokens.size() - 1;
    while (at >= 0 && tokens.get(at).depth() == 0 && !tokens.get(at).text().equals(")")) {
      if (tokens.get(at).is("strict")) {
        return true;
      }
      at--;
    }
    return false;
  }

  // REFERENCES table [(columns)] then ON ..., MATCH name, [NOT] DEFERRABLE [INITIALLY ...].
  private static int referenceEnd(List<Token> tokens, int references, int last) {
    int at = references + 1;
    if (at + 1 <= last && tokens.get(at + 1).text().equals("(")) {
      at++;
      while (!(tokens.get(at).text().equals(")") && tokens.get(at).depth() == 1)) {
        at++;
      }
    }
    while (at + 1 <= last) {
      Token next = tokens.get(at + 1);
      if (next.is("on") && at + 2 <= last && !tokens.get(at + 2).is("conflict")) {
        boolean two = tokens.get(at + 3).is("set") || tokens.get(at + 3).is("no");
        at += two ? 4 : 3;
      } else if (next.is("match")) {
        at += 2;
      } else if (next.is("deferrable")) {
        at += 1;
      } else if (next.is("not") && at + 2 <= last && tokens.get(at + 2).is("deferrable")) {
        at += 2;
      } else if (next.is("initially")) {
        at += 2;
      } else {
        return at;
      }
    }
    return at;
  }

  // First and last token of each column definition and table constraint.
  private static List<int[]> items(List<Token> tokens) {
    int open = 0;
    while (!tokens.get(open).text().equals("(")) {
      open++;
    }
    List<int[]> items = new ArrayList<>();
    int first = open + 1;
    for (int at = open + 1; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      boolean end = token.depth() == 0 && token.text().equals(")");
      boolean comma = token.depth() == 1 && token.text().equals(",");
      boolean constraint =
          token.depth() == 1
              && at > first
              && token.is("foreign")
              && !tokens.get(at - 2).is("constraint");
      if (end || comma || constraint) {
        items.add(new int[] {first, at - 1});
        first = constraint ? at : at + 1;
      }
      if (end) {
        break;
      }
    }
    return items;
  }

  private static int nameIndex(List<Token> tokens, String kind) {
    int at = 0;
    while (!tokens.get(at).is(kind)) {
      at++;
    }
    at++;
    if (tokens.get(at).is("if")) {
      at += 3;
    }
    if (at + 1 < tokens.size() && tokens.get(at + 1).text().equals(".")) {
      at += 2;
    }
    return at;
  }

  private static String replace(String sql, Token token, String text) {
    return sql.substring(0, token.start()) + text + sql.substring(token.end());
  }

  private static String cut(String sql, int from, int to) {
    return sql.substring(0, from).stripTrailing() + sql.substring(to);
  }
}
