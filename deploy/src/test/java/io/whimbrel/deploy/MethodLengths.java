// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures methods by their braces: a block right inside a type that is no type itself. Roughly
 * right is enough, since formatted code puts braces where they are expected.
 */
final class MethodLengths {
  /** What may hold braces that open no block; only their line breaks count. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "\"\"\"(?s:.*?)(?<!\\\\)\"\"\"|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\""
              + "|'(?:\\\\.|[^'\\\\\\n])[^'\\n]*'|//[^\\n]*+|/\\*(?s:.*?)\\*/");

  private static final Pattern TYPE =
      Pattern.compile("(?<![.\\w])(class|interface|enum|record)\\s+[A-Z]");

  private record Block(boolean type, boolean method, String header, int line) {}

  private MethodLengths() {}

  /** Lines from the opening to the closing brace, by line and heading of the method. */
  static Map<String, Integer> of(String source) {
    String code = withoutText(source);
    Map<String, Integer> lengths = new LinkedHashMap<>();
    Deque<Block> open = new ArrayDeque<>();
    int line = 1;
    int statement = 0;
    for (int at = 0; at < code.length(); at++) {
      char c = code.charAt(at);
      if (c == '\n') {
        line++;
      } else if (c == ';') {
        statement = at + 1;
      } else if (c == '{') {
        String header = code.substring(statement, at).strip();
        boolean type = TYPE.matcher(header).find();
        boolean member = !open.isEmpty() && open.peek().type();
        open.push(new Block(type, member && !type, header, line));
        statement = at + 1;
      } else if (c == '}') {
        Block block = open.pop();
        if (block.method()) {
          String name = block.header().replaceAll("\\s+", " ");
          lengths.put(block.line() + ": " + name, line - block.line() + 1);
        }
        statement = at + 1;
      }
    }
    return lengths;
  }

  private static String withoutText(String source) {
    return NO_CODE
        .matcher(source)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "\n".repeat((int) found.group().chars().filter(c -> c == '\n').count())));
  }
}
