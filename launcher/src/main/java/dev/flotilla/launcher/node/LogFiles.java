package dev.flotilla.launcher.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sends every log line of this process to one file in the data directory, so that the terminal
 * shows only the face, and its audit log to another. Each is bounded: {@value #KEPT} old files of
 * {@value #MEBIBYTES} MiB.
 */
public final class LogFiles {
  private static final int KEPT = 5;
  private static final int MEBIBYTES = 16;
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{24} - %msg%n";

  private LogFiles() {}

  /**
   * Starts logging to {@code directory/name.log}. Spring Boot must not set logging up a second
   * time.
   *
   * @param level of our own packages; libraries log from INFO
   * @param toOutput to standard output as well, where a container's log is looked for
   */
  public static Path start(Path directory, String name, String level, boolean toOutput)
      throws IOException {
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    Files.createDirectories(directory);
    Path file = directory.resolve(name + ".log");
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    RollingFileAppender<ILoggingEvent> appender = file(context, directory, name, ".log", PATTERN);
    ch.qos.logback.classic.Logger audit = context.getLogger(AuditLog.LOGGER);
    audit.setAdditive(false);
    audit.addAppender(file(context, directory, name, ".audit.jsonl", "%msg%n"));

    // Tomcat and gRPC speak java.util.logging, which would print on the terminal.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();

    ch.qos.logback.classic.Logger root =
        context.getLogger(ch.qos.logback.classic.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    if (toOutput) {
      ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
      console.setContext(context);
      console.setEncoder(encoder(context, PATTERN));
      console.start();
      root.addAppender(console);
    }
    context.getLogger("io.grpc").setLevel(Level.WARN);
    // A stack trace for every malformed frame would let strangers push everything else out of the
    // files; they are counted instead (flotilla_node_calls_refused_total).
    context.getLogger("io.grpc.netty.NettyServerHandler").setLevel(Level.ERROR);
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("dev.flotilla").setLevel(Level.toLevel(level, Level.INFO));
    return file;
  }

  /**
   * An appender to {@code directory/name + ending}, whose old files are {@code name.1} and so on.
   */
  private static RollingFileAppender<ILoggingEvent> file(
      LoggerContext context, Path directory, String name, String ending, String pattern) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(directory.resolve(name + ending).toString());
    appender.setEncoder(encoder(context, pattern));

    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(directory.resolve(name + ".%i" + ending).toString());
    rolling.setMinIndex(1);
    rolling.setMaxIndex(KEPT);
    rolling.start();

    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(new FileSize(MEBIBYTES * FileSize.MB_COEFFICIENT));
    trigger.start();

    appender.setRollingPolicy(rolling);
    appender.setTriggeringPolicy(trigger);
    appender.start();
    return appender;
  }

  private static PatternLayoutEncoder encoder(LoggerContext context, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    return encoder;
  }

  /** Flushes and closes the file. */
  public static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }
}
