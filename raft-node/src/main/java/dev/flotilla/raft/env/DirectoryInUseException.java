package dev.flotilla.raft.env;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, or another node of this one, uses the folder. */
public final class DirectoryInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holderPid;

  public DirectoryInUseException(Path directory, String holderPid) {
    super(directory + " is in use by process " + holderPid);
    this.holderPid = holderPid;
  }

  /** The holder's process id in decimal, or {@code unknown}. */
  public String holderPid() {
    return holderPid;
  }
}
