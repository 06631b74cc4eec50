package dev.flotilla.launcher;

/** The release this is, from the jar's manifest. */
public final class Version {
  private Version() {}

  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
