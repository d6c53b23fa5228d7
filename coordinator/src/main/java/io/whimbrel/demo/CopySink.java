// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** COPY in its text format: what PostgreSQL is fastest with. */
final class CopySink implements RowSink {
  private static final HexFormat HEX = HexFormat.of();

  private final PGConnection connection;

  CopySink(Connection connection) throws SQLException {
    this.connection = connection.unwrap(PGConnection.class);
  }

  @Override
  public void write(DemoTable table, List<Object[]> rows) throws SQLException {
    StringBuilder text = new StringBuilder();
    for (Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        append(text, row[i]);
        text.append(i + 1 < row.length ? '\t' : '\n');
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    CopyIn copy =
        connection
            .getCopyAPI()
            .copyIn("COPY " + table.table() + " (" + table.columns() + ") FROM STDIN");
    try {
      copy.writeToCopy(bytes, 0, bytes.length);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  @Override
  public void close() {}

  private static void append(StringBuilder text, @Nullable Object value) {
    if (value == null) {
      text.append("\\N");
    } else if (value instanceof String string) {
      appendEscaped(text, string);
    } else if (value instanceof byte[] bytes) {
      text.append("\\\\x").append(HEX.formatHex(bytes));
    } else {
      text.append(value);
    }
  }

  private static void appendEscaped(StringBuilder text, String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> text.append(c);
      }
    }
  }
}
