// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.logging.AbstractLogger;
import com.hazelcast.logging.ILogger;
import com.hazelcast.logging.LogEvent;
import com.hazelcast.logging.LoggerFactorySupport;
import com.hazelcast.logging.Slf4jFactory;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;

/**
 * Hazelcast's log through SLF4J, without the cluster name: Hazelcast prints it at each start, and
 * whoever knows it can join. Public only because Hazelcast makes it by its name.
 */
public final class GridLogging extends LoggerFactorySupport {
  private static final String FACTORY_PROPERTY = "hazelcast.logging.class";
  private static final Pattern DERIVED_NAME = Pattern.compile(ClusterName.OPEN + "-[0-9a-f]{64}");
  private static final String HIDDEN = ClusterName.OPEN + "-***";

  private final Slf4jFactory slf4j = new Slf4jFactory();

  /** Hazelcast reads this choice from the system properties alone; one that somebody made stays. */
  static synchronized void install() {
    if (System.getProperty(FACTORY_PROPERTY) == null) {
      System.setProperty(FACTORY_PROPERTY, GridLogging.class.getName());
    }
  }

  static String withoutClusterName(String message) {
    return DERIVED_NAME.matcher(message).replaceAll(HIDDEN);
  }

  @Override
  protected ILogger createLogger(String name) {
    return new QuietLogger(slf4j.getLogger(name));
  }

  private static final class QuietLogger extends AbstractLogger {
    private final ILogger target;

    QuietLogger(ILogger target) {
      this.target = target;
    }

    @Override
    public void log(Level level, String message) {
      if (target.isLoggable(level)) {
        target.log(level, withoutClusterName(message));
      }
    }

    @Override
    public void log(Level level, String message, Throwable thrown) {
      if (target.isLoggable(level)) {
        target.log(level, withoutClusterName(message), thrown);
      }
    }

    /** Deprecated where it is declared, yet a logger must have it. */
    @Override
    @Deprecated
    public void log(LogEvent event) {
      LogRecord logged = event.getLogRecord();
      log(logged.getLevel(), String.valueOf(logged.getMessage()), logged.getThrown());
    }

    @Override
    public Level getLevel() {
      return target.getLevel();
    }

    @Override
    public boolean isLoggable(Level level) {
      return target.isLoggable(level);
    }
  }
}
