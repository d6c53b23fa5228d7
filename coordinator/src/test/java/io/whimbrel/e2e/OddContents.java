// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.e2e.OddSql.NO_SIZE;
import static io.whimbrel.e2e.OddSql.base64;
import static io.whimbrel.e2e.OddSql.gzip;
import static io.whimbrel.e2e.OddSql.insert;
import static io.whimbrel.e2e.OddSql.join;
import static io.whimbrel.e2e.OddSql.memories;
import static io.whimbrel.e2e.OddSql.row;
import static io.whimbrel.e2e.OddSql.spoil;
import static io.whimbrel.e2e.OddSql.utf8;
import static io.whimbrel.e2e.OddSql.zlib;
import static io.whimbrel.e2e.OddStore.TEXT;
import static io.whimbrel.e2e.OddStore.migrated;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Contents that are empty, packed, damaged, mislabelled, or no text at all. */
final class OddContents {

  private static final String LONG = (TEXT + " ").repeat(40);
  private static final byte[] GZIP = gzip(utf8(LONG));
  private static final byte[] ZLIB = zlib(utf8(LONG));

  private OddContents() {}

  /** Cases that exist on both databases. */
  static List<OddStore> on(Backend backend) {
    return List.of(
        new Rows(backend)
            .row(1, "", false, 0)
            .row(2, "", null, NO_SIZE)
            .row(3, "", true, 0)
            .row(4, TEXT, false, TEXT.length())
            .store("empty text")
            .reads("1", "")
            .reads("2", "")
            .reads("3", "")
            .reads("4", TEXT),
        new Rows(backend)
            .row(1, null, false, 0)
            .row(2, null, true, 500)
            .store("no content")
            .readsAbsent("1")
            .readsAbsent("2"),
        new Rows(backend)
            .row(1, "", false, 50)
            .row(2, "", true, 50)
            .store("interrupted create")
            .reads("1", "")
            .reads("2", "")
            .lists("1", "WARNING", "interrupted-create")
            .lists("2", "WARNING", "interrupted-create"),
        letters(backend),
        new Rows(backend)
            .row(1, TEXT, false, 1)
            .row(2, TEXT, false, 4_000_000_000L)
            .row(3, TEXT, null, 0)
            .row(4, LONG.substring(0, 100), false, 5_000)
            .row(5, base64(GZIP), true, 7)
            .store("sizes that are wrong")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .reads("3", TEXT)
            .reads("4", LONG.substring(0, 100))
            .reads("5", LONG)
            .lists("4", "WARNING", "cut-text"),
        packed(backend, "gzip and zlib that are sound", base64(GZIP), base64(ZLIB))
            .reads("1", LONG)
            .reads("2", LONG),
        new Rows(backend)
            .row(1, base64(GZIP), false, base64(GZIP).length())
            .row(2, base64(ZLIB), null, NO_SIZE)
            .row(3, base64(ZLIB), true, base64(ZLIB).length())
            .row(4, base64(utf8(TEXT)), true, NO_SIZE)
            .store("base64 that is real text")
            .reads("1", base64(GZIP))
            .reads("2", base64(ZLIB))
            .reads("3", base64(ZLIB))
            .reads("4", base64(utf8(TEXT)))
            .lists("3", "WARNING", "wrong-flag")
            .lists("4", "WARNING", "wrong-flag"),
        new Rows(backend)
            .row(1, TEXT, true, TEXT.length())
            .row(2, TEXT, null, TEXT.length())
            .row(3, "short", true, 5)
            .store("flags that are wrong")
            .reads("1", TEXT)
            .reads("2", TEXT)
            .reads("3", "short")
            .lists("1", "WARNING", "wrong-flag")
            .lists("3", "WARNING", "wrong-flag"),
        broken(backend, "truncated gzip and zlib", "cut-stream", cut(GZIP), cut(ZLIB)),
        broken(
            backend, "corrupted gzip and zlib", "corrupt-stream", spoil(GZIP, -6), spoil(ZLIB, -1)),
        broken(
            backend,
            "trailing garbage behind gzip and zlib",
            "trailing-bytes",
            join(GZIP, GZIP),
            join(ZLIB, utf8("#"))),
        broken(
            backend,
            "packed bytes that are no text",
            "corrupt-stream",
            gzip(new byte[] {'a', (byte) 0xC3, '('}),
            zlib(new byte[] {(byte) 0xFF, (byte) 0xFE, 0, 'x'})),
        packed(backend, "gzip bomb", base64(gzip(new byte[2_000_000])), base64(gzip(utf8(LONG))))
            .reads("1", "\0".repeat(2_000_000))
            .reads("2", LONG)
            .with("--max-unpacked-size", "1000000")
            .lists("1", "QUARANTINE", "inflated-too-large"),
        large(backend));
  }

  private static OddStore letters(Backend backend) {
    String letters =
        "\uFEFF\r\n\t\u0001\u007F\u0085\u2028\uFFFE\uFDD0 \uD83D\uDC26\u200D\u2B1B e\u0301";
    String quotes = "'; DROP TABLE memories; -- \" ` [x] $1 ? %s ${text} \\'\\u0000 \\";
    return new Rows(backend)
        .row(1, letters + TEXT, false, NO_SIZE)
        .row(2, quotes, false, NO_SIZE)
        .row(3, "\uDBFF\uDFFF".repeat(50), false, 50)
        .row(4, " ".repeat(500), false, 500)
        .store("letters of every kind")
        .reads("1", letters + TEXT)
        .reads("2", quotes)
        .reads("3", "\uDBFF\uDFFF".repeat(50))
        .reads("4", " ".repeat(500));
  }

  // Beyond the size from which contents are held one at a time.
  private static OddStore large(Backend backend) {
    String large = TEXT.repeat((9 << 20) / TEXT.length());
    return new Rows(backend)
        .row(1, TEXT, false, NO_SIZE)
        .row(2, "", false, NO_SIZE)
        .row(3, TEXT, false, NO_SIZE)
        .store("a content of nine megabytes")
        .fills("UPDATE memories SET content = ? WHERE id = 2", large)
        .reads("1", TEXT)
        .reads("2", large)
        .reads("3", TEXT);
  }

  private static OddStore packed(Backend backend, String name, String first, String second) {
    return new Rows(backend)
        .row(1, first, true, NO_SIZE)
        .row(2, second, true, LONG.length())
        .store(name);
  }

  private static OddStore broken(
      Backend backend, String name, String reason, byte[] first, byte[] second) {
    return packed(backend, name, base64(first), base64(second))
        .reads("1", base64(first))
        .reads("2", base64(second))
        .lists("1", "QUARANTINE", reason)
        .lists("2", "QUARANTINE", reason);
  }

  private static byte[] cut(byte[] stream) {
    // A multiple of three, so that the base64 is whole though the stream is not.
    return Arrays.copyOf(stream, stream.length / 2 / 3 * 3);
  }

  /** Contents that only SQLite can hold: any value fits in any column there. */
  static List<OddStore> onSqlite() {
    String nul = "before\0after " + TEXT;
    return List.of(
        bytes("U+0000 in text", nul("before"), "CAST(x'00' AS TEXT)")
            .reads("1", "before\0" + TEXT)
            .reads("2", "\0")
            .inserts(
                "INSERT INTO memories (id, content) VALUES (9, " + nul("before") + ")",
                "9",
                "before\0" + TEXT)
            .inserts(
                "INSERT INTO memories (id, content) VALUES (10, CAST(x'"
                    + hex(utf8(nul))
                    + "' AS TEXT))",
                "10",
                nul),
        invalidUtf8(),
        bytes("content stored as BLOB", "x'" + hex(utf8(TEXT)) + "'", "x''")
            .readsBytes("1", "blob", hex(utf8(TEXT)))
            .readsBytes("2", "blob", "")
            .lists("1", "QUARANTINE", "not-text")
            .lists("2", "QUARANTINE", "not-text"),
        bytes("gzip stored as BLOB", "x'" + hex(GZIP) + "'", "x'" + hex(ZLIB) + "'")
            .readsBytes("1", "blob", hex(GZIP))
            .readsBytes("2", "blob", hex(ZLIB))
            .lists("1", "QUARANTINE", "not-text")
            .lists("2", "QUARANTINE", "not-text"),
        migrated(
                "content stored as INTEGER and REAL",
                "CREATE TABLE memories (id INTEGER PRIMARY KEY, content)",
                "INSERT INTO memories VALUES (1, 42), (2, 1.5), (3, -9223372036854775808)",
                "INSERT INTO memories VALUES (4, 9e999), (5, " + OddSql.quote(TEXT) + ")")
            .reads("1", "42")
            .reads("2", "1.5")
            .reads("3", "-9223372036854775808")
            .reads("4", "Inf")
            .reads("5", TEXT)
            .lists("1", "QUARANTINE", "not-text")
            .lists("2", "QUARANTINE", "not-text")
            .lists("3", "QUARANTINE", "not-text")
            .lists("4", "QUARANTINE", "not-text"),
        migrated(
                "flags that are no truth values",
                memories(Backend.SQLITE),
                row(Backend.SQLITE, 1, base64(GZIP), true, NO_SIZE),
                row(Backend.SQLITE, 2, base64(GZIP), true, NO_SIZE),
                row(Backend.SQLITE, 3, TEXT, false, NO_SIZE),
                "UPDATE memories SET content_compressed = 2 WHERE id = 1",
                "UPDATE memories SET content_compressed = 'true' WHERE id = 2",
                "UPDATE memories SET content_compressed = x'00', content_size = 'many' WHERE id = 3")
            .reads("1", LONG)
            .reads("2", base64(GZIP))
            .reads("3", TEXT));
  }

  private static OddStore invalidUtf8() {
    byte[] bad =
        join(new byte[] {(byte) 0xC3, '(', (byte) 0xED, (byte) 0xA0, (byte) 0x80}, utf8(TEXT));
    byte[] other = join(utf8(TEXT), new byte[] {(byte) 0xFF});
    return bytes(
            "invalid UTF-8 in a TEXT column",
            "CAST(x'" + hex(bad) + "' AS TEXT)",
            "CAST(x'" + hex(other) + "' AS TEXT)")
        .readsBytes("1", "bytes", hex(bad))
        .readsBytes("2", "bytes", hex(other))
        .inserts(
            "INSERT INTO memories (id, content) VALUES (9, CAST(x'" + hex(bad) + "' AS TEXT))",
            "9",
            OddStore.bytes("bytes", hex(bad)));
  }

  private static String nul(String before) {
    return "'" + before + "' || char(0) || " + OddSql.quote(TEXT);
  }

  private static OddStore bytes(String name, String first, String second) {
    return migrated(
        name,
        memories(Backend.SQLITE),
        "INSERT INTO memories (id, content) VALUES (1, " + first + "), (2, " + second + ")");
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  /** Collects rows of the table with flag and size; the application inserts one more at the end. */
  static final class Rows {
    private final Backend backend;
    private final List<String> sql = new java.util.ArrayList<>();

    Rows(Backend backend) {
      this.backend = backend;
      sql.add(memories(backend));
    }

    Rows row(long id, @Nullable String content, @Nullable Boolean flag, long size) {
      sql.add(OddSql.row(backend, id, content, flag, size));
      return this;
    }

    OddStore store(String name) {
      return migrated(name, sql.toArray(String[]::new)).inserts(insert(1_000), "1000", TEXT);
    }
  }
}
