// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The address of a store, as people write it. Its text form never shows a password. */
public sealed interface StoreUrl {

  /** The default address: the place where the original application keeps its store. */
  String DEFAULT = "sqlite:///./data/memory.db";

  StoreKind kind();

  /** The address without its password. */
  String redacted();

  /** A SQLite file. */
  record SqliteUrl(Path file) implements StoreUrl {
    @Override
    public StoreKind kind() {
      return StoreKind.SQLITE;
    }

    @Override
    public String redacted() {
      return "sqlite:///" + file;
    }
  }

  /** A PostgreSQL database; the parameters go to the driver as they are. */
  record PostgresUrl(
      String host,
      int port,
      String database,
      @Nullable String user,
      @Nullable Secret password,
      Map<String, String> parameters)
      implements StoreUrl {
    public PostgresUrl {
      parameters = Map.copyOf(parameters);
    }

    @Override
    public StoreKind kind() {
      return StoreKind.POSTGRESQL;
    }

    @Override
    public String redacted() {
      return "postgresql://"
          + (user == null ? "" : user + "@")
          + host
          + ":"
          + port
          + "/"
          + database;
    }
  }

  /**
   * Reads `sqlite:///PATH`, `postgresql://user@host:5432/db` (a driver suffix such as `+psycopg2`
   * is accepted) and the `jdbc:` forms of both.
   *
   * @throws StoreRefusedException when the scheme is unknown or the address is incomplete
   */
  static StoreUrl parse(String text) {
    String url = text.strip();
    if (url.regionMatches(true, 0, "jdbc:", 0, 5)) {
      url = url.substring(5);
    }
    int colon = url.indexOf(':');
    String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
    int suffix = scheme.indexOf('+');
    String base = suffix < 0 ? scheme : scheme.substring(0, suffix);
    return switch (base) {
      case "sqlite" -> sqlite(url.substring(colon + 1));
      case "postgresql", "postgres" -> postgres(url.substring(colon + 1));
      default ->
          throw new StoreRefusedException(
              "unknown store address `"
                  + withoutPassword(text)
                  + "`: use sqlite:///PATH or postgresql://user@host:5432/database");
    };
  }

  private static StoreUrl sqlite(String rest) {
    String path = rest.startsWith("///") ? rest.substring(3) : rest;
    int query = path.indexOf('?');
    path = query < 0 ? path : path.substring(0, query);
    if (path.isEmpty() || path.startsWith("//") || path.equals(":memory:")) {
      throw new StoreRefusedException("the store address names no SQLite file: use sqlite:///PATH");
    }
    try {
      return new SqliteUrl(Path.of(path));
    } catch (InvalidPathException e) {
      throw new StoreRefusedException(
          "the store address holds no usable path: " + e.getReason(), e);
    }
  }

  private static StoreUrl postgres(String rest) {
    URI uri;
    try {
      uri = new URI("postgresql:" + rest);
    } catch (URISyntaxException e) {
      // The exception's own message would quote the whole address, password included.
      throw new StoreRefusedException(
          "the PostgreSQL address cannot be read ("
              + e.getReason()
              + "): percent-encode special"
              + " characters, or give the password in PGPASSWORD");
    }
    String host = uri.getHost();
    String path = uri.getPath();
    if (host == null || path == null || path.length() < 2) {
      throw new StoreRefusedException(
          "the PostgreSQL address is incomplete: use postgresql://user@host:5432/database");
    }
    Map<String, String> parameters = parameters(uri.getRawQuery());
    String userInfo = uri.getRawUserInfo();
    int split = userInfo == null ? -1 : userInfo.indexOf(':');
    String user =
        userInfo == null ? null : decode(split < 0 ? userInfo : userInfo.substring(0, split));
    String password = userInfo == null || split < 0 ? null : decode(userInfo.substring(split + 1));
    String userParameter = parameters.remove("user");
    String passwordParameter = parameters.remove("password");
    user = user == null ? userParameter : user;
    password = password == null ? passwordParameter : password;
    return new PostgresUrl(
        host.replaceAll("^\\[(.*)]$", "$1"),
        uri.getPort() < 0 ? 5432 : uri.getPort(),
        path.substring(1),
        user,
        password == null ? null : new Secret(password),
        parameters);
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String withoutPassword(String text) {
    return text.replaceAll("://([^:/@]*):[^@]*@", "://$1:***@")
        .replaceAll("password=[^&]*", "password=***");
  }
}
