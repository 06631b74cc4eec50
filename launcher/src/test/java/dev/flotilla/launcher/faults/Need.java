package dev.flotilla.launcher.faults;

import java.util.Optional;

/** What a fault cannot do without. */
enum Need {
  NAMESPACES("network namespaces, which need root and the command ip"),
  NFT("root and the command nft (package nftables)"),
  TC("root and the command tc (package iproute2)"),
  STRACE("the command strace, and leave to trace"),
  FAKETIME("libfaketime (package libfaketime)"),
  TMPFS("root, to mount a file system"),
  PRLIMIT("the command prlimit");

  private final String text;

  Need(String text) {
    this.text = text;
  }

  /** What is lacking, if anything is. */
  Optional<String> missing(FaultedCluster cluster) {
    boolean there =
        switch (this) {
          case NAMESPACES -> cluster.network().separates();
          case NFT -> cluster.network().separates() && Host.has("nft");
          case TC -> cluster.network().separates() && Host.has("tc");
          case STRACE -> Host.has("strace") && Host.isRoot();
          case FAKETIME -> Host.fakeTime().isPresent();
          case TMPFS -> Host.isRoot() && Host.has("mount");
          case PRLIMIT -> Host.has("prlimit");
        };
    return there ? Optional.empty() : Optional.of("needs " + text);
  }
}
