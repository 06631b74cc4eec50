package dev.flotilla.simulation.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks among a mutant's classes first, and defines every other class of ours anew, so that all of
 * them meet the mutant's. What nobody mutates (libraries, generated messages) is shared.
 */
final class MutantLoader extends ClassLoader {
  private static final String OURS = "dev.flotilla.";
  private static final String GENERATED = "dev.flotilla.proto.";

  static {
    registerAsParallelCapable();
  }

  private final Map<String, byte[]> mutated;

  MutantLoader(Map<String, byte[]> mutated, ClassLoader parent) {
    super(parent);
    this.mutated = mutated;
  }

  /** A simulator with the mutant in it. */
  SeedRun simulator() {
    try {
      Class<?> inner = loadClass(InnerSeedRun.class.getName());
      return (SeedRun) inner.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS) || name.startsWith(GENERATED) || isShared(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private static boolean isShared(String name) {
    return name.equals(SeedRun.class.getName()) || name.equals(SeedRun.Outcome.class.getName());
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = mutated.get(name);
    if (bytes == null) {
      bytes = original(name);
    }
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte @Nullable [] original(String name) throws ClassNotFoundException {
    String resource = name.replace('.', '/') + ".class";
    try (InputStream bytes = getParent().getResourceAsStream(resource)) {
      return bytes == null ? null : bytes.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
