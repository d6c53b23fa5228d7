// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that rewrites SQL on its way to the database, and keeps statements prepared: closing
 * one only gives it back.
 */
final class RewritingConnection {

  /** Changes a statement's text. */
  interface Rewriter {
    String rewrite(String sql);
  }

  /** Is told each statement as the product wrote it, before it is prepared. */
  interface Watcher {
    void aboutToPrepare(String sql) throws SQLException;
  }

  private final Connection raw;
  private final Rewriter rewriter;
  private final Watcher watcher;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  private RewritingConnection(Connection raw, Rewriter rewriter, Watcher watcher) {
    this.raw = raw;
    this.rewriter = rewriter;
    this.watcher = watcher;
  }

  static Connection around(Connection raw, Rewriter rewriter, Watcher watcher) {
    RewritingConnection self = new RewritingConnection(raw, rewriter, watcher);
    return proxy(Connection.class, self::onConnection);
  }

  private @Nullable Object onConnection(Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("prepareStatement")
        && arguments != null
        && arguments.length == 1
        && arguments[0] instanceof String sql) {
      watcher.aboutToPrepare(sql);
      PreparedStatement statement = prepared.get(sql);
      if (statement == null) {
        statement = keptOpen(raw.prepareStatement(rewriter.rewrite(sql)));
        prepared.put(sql, statement);
      }
      return statement;
    }
    Object result = call(raw, method, arguments);
    return result instanceof Statement statement ? rewriting(statement) : result;
  }

  private Statement rewriting(Statement statement) {
    return proxy(
        Statement.class,
        (method, arguments) -> {
          if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
            arguments[0] = rewriter.rewrite(sql);
          }
          return call(statement, method, arguments);
        });
  }

  private static PreparedStatement keptOpen(PreparedStatement statement) {
    return proxy(
        PreparedStatement.class,
        (method, arguments) ->
            method.getName().equals("close") ? null : call(statement, method, arguments));
  }

  private interface Handler {
    @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> handler.call(method, arguments)));
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
