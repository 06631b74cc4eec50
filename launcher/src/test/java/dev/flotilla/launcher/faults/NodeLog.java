package dev.flotilla.launcher.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one node says from now on: to its operator, and at WARN and ERROR to its log. */
final class NodeLog {
  /** As the log's pattern has it: time, level, thread, logger, message. */
  private static final Pattern TROUBLE =
      Pattern.compile("^\\S+ (?:WARN|ERROR) +\\[[^]]*] (\\S+) - (.*)$");

  private static final int MAX_CHARS = 230;

  private final ServerProcess node;
  private final Path log;
  private final int printedBefore;
  private final long logBefore;

  NodeLog(FaultedCluster cluster, int id) {
    this.node = cluster.node(id);
    this.log = cluster.directory().resolve("logs").resolve("n" + id + ".log");
    this.printedBefore = node.printed().length();
    this.logBefore = length();
  }

  private long length() {
    try {
      return Files.exists(log) ? Files.size(log) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text() {
    byte[] bytes;
    try {
      bytes = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int from = logBefore > bytes.length ? 0 : (int) logBefore;
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }

  /** The first thing it said of the damage; empty when it had nothing to say. */
  String said() {
    String printed = node.printed();
    for (String line :
        printed.substring(Math.min(printedBefore, printed.length())).lines().toList()) {
      if (line.startsWith("error: ")) {
        return shortened(line);
      }
    }
    for (String line : text().lines().toList()) {
      Matcher trouble = TROUBLE.matcher(line);
      if (trouble.matches() && !trouble.group(1).contains("netty")) {
        return shortened(trouble.group(2));
      }
    }
    return "";
  }

  private static String shortened(String line) {
    return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + " ...";
  }

  /** The first words that match; empty when none do. */
  Optional<String> tells(Pattern sign) {
    return sign.matcher(text()).results().map(MatchResult::group).findFirst();
  }

  /** What it did about it, as its log tells. */
  List<String> deeds() {
    String text = text();
    Set<String> deeds = new LinkedHashSet<>();
    tell(deeds, text, "written anew from the other copy", "copied the good copy");
    tell(deeds, text, "is set aside in", "set its state aside");
    tell(
        deeds, text, "snapshot .*deleted|snapshot is damaged and not used", "dropped the snapshot");
    tell(deeds, text, "gives up its|rejoins its group|groups \\[1] rejoin", "became a new replica");
    tell(deeds, text, "g1: LEARNER in term", "learned until it was promoted");
    tell(deeds, text, "installed|INSTALL", "took a snapshot of a peer");
    return deeds.isEmpty() ? List.of("went on") : new ArrayList<>(deeds);
  }

  private static void tell(Set<String> deeds, String text, String sign, String deed) {
    if (Pattern.compile(sign).matcher(text).find()) {
      deeds.add(deed);
    }
  }
}
