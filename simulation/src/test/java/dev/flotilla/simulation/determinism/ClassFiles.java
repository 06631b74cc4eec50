package dev.flotilla.simulation.determinism;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Reads the class files that were built together, from a folder or a jar, by internal name. */
final class ClassFiles {
  private static final String SUFFIX = ".class";

  private ClassFiles() {}

  /** Everything that lies where this class was loaded from. */
  static SortedMap<String, ClassModel> besides(Class<?> anchor) throws IOException {
    Path origin = origin(anchor);
    SortedMap<String, ClassModel> found = new TreeMap<>();
    if (Files.isDirectory(origin)) {
      try (Stream<Path> files = Files.walk(origin)) {
        for (Path file : (Iterable<Path>) files.filter(ClassFiles::isClass)::iterator) {
          add(found, Files.readAllBytes(file));
        }
      }
    } else {
      try (JarFile jar = new JarFile(origin.toFile())) {
        for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
          if (entry.getName().endsWith(SUFFIX)) {
            try (InputStream bytes = jar.getInputStream(entry)) {
              add(found, bytes.readAllBytes());
            }
          }
        }
      }
    }
    return found;
  }

  /** One class and what is nested in it. */
  static SortedMap<String, ClassModel> of(Class<?> type) throws IOException {
    SortedMap<String, ClassModel> found = new TreeMap<>();
    String name = type.getName().replace('.', '/');
    besides(type)
        .forEach((each, model) -> {
          if (each.equals(name) || each.startsWith(name + "$")) {
            found.put(each, model);
          }
        });
    return found;
  }

  private static boolean isClass(Path file) {
    return file.toString().endsWith(SUFFIX);
  }

  private static void add(SortedMap<String, ClassModel> found, byte[] bytes) {
    ClassModel model = ClassFile.of().parse(bytes);
    found.put(model.thisClass().asInternalName(), model);
  }

  private static Path origin(Class<?> anchor) {
    try {
      URI location = anchor.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(location);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
