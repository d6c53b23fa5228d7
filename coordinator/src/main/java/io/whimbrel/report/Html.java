// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import java.util.List;

/**
 * Writes one page. Every text goes through {@link SafeText#html}; tags are constants of the code,
 * so nothing a store holds can become markup. Not thread-safe.
 */
final class Html {
  private final StringBuilder out = new StringBuilder(16_384);

  /** Constant markup only. */
  Html markup(String constant) {
    out.append(constant);
    return this;
  }

  /** Escaped text. */
  Html text(String untrusted) {
    out.append(SafeText.html(untrusted));
    return this;
  }

  /** An element that holds a text; {@code tag} may carry constant attributes. */
  Html element(String tag, String untrusted) {
    int space = tag.indexOf(' ');
    String name = space < 0 ? tag : tag.substring(0, space);
    return markup("<" + tag + ">").text(untrusted).markup("</" + name + ">\n");
  }

  /** A section with its heading, announced by it to a screen reader. */
  Html openSection(String id, String title) {
    markup("<section aria-labelledby=\"" + id + "\">\n");
    return element("h2 id=\"" + id + "\"", title);
  }

  Html closeSection() {
    return markup("</section>\n");
  }

  /** A list of sentences; {@code tag} is ol or ul. What stands between backticks is code. */
  Html list(String tag, List<String> items) {
    markup("<" + tag + ">\n");
    for (String item : items) {
      markup("<li>").sentence(item).markup("</li>\n");
    }
    return markup("</" + tag + ">\n");
  }

  private Html sentence(String untrusted) {
    int start = untrusted.indexOf('`');
    int end = untrusted.indexOf('`', start + 1);
    if (start < 0 || end < 0) {
      return text(untrusted);
    }
    text(untrusted.substring(0, start)).markup("<code>");
    text(untrusted.substring(start + 1, end)).markup("</code>");
    return sentence(untrusted.substring(end + 1));
  }

  /** Opens a table that scrolls by itself on a narrow screen; the caption names it. */
  Html openTable(String caption, List<String> columns) {
    markup("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    text(caption).markup("\">\n").markup(tableTag(columns.size()));
    element("caption", caption);
    if (!columns.isEmpty()) {
      markup("<thead><tr>\n");
      columns.forEach(column -> element("th scope=\"col\"", column));
      markup("</tr></thead>\n");
    }
    return markup("<tbody>\n");
  }

  private static String tableTag(int columns) {
    if (columns == 0) {
      return "<table>\n";
    }
    return columns <= 3 ? "<table class=\"listed\">\n" : "<table class=\"listed wide\">\n";
  }

  Html closeTable() {
    return markup("</tbody>\n</table>\n</div>\n");
  }

  /** A row of a table whose first cell names the row. */
  Html row(String header, String... cells) {
    markup("<tr>").element("th scope=\"row\"", header);
    for (String cell : cells) {
      element("td", cell);
    }
    return markup("</tr>\n");
  }

  /** Text from the store in a cell: its own writing direction must not turn its neighbours. */
  Html foreignCell(String untrusted) {
    return markup("<td><bdi>").text(untrusted).markup("</bdi></td>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
