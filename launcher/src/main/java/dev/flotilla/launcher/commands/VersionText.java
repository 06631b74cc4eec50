package dev.flotilla.launcher.commands;

import dev.flotilla.launcher.Version;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class VersionText implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "flotilla " + Version.text() + " (Java " + Runtime.version().feature() + ")"
    };
  }
}
