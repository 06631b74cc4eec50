package dev.flotilla.simulation.mutants;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Patches the sources of a mutant and compiles just those against everything else. */
final class MutantCompiler {
  private final Path repository;
  private final String classPath;

  MutantCompiler(Path repository, String classPath) {
    this.repository = repository;
    this.classPath = classPath;
  }

  /** The mutant's classes, by name. */
  Map<String, byte[]> compile(Mutant mutant) throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Mutant.Edit edit : mutant.edits()) {
      String source = sources.get(edit.file());
      if (source == null) {
        source = Files.readString(repository.resolve(edit.file()));
      }
      sources.put(edit.file(), patched(mutant, edit, source));
    }
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((file, source) -> units.add(new Source(repository.resolve(file), source)));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        Classes classes = new Classes(files)) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "-parameters", "-g", "-classpath", classPath);
      if (!compiler.getTask(messages, classes, null, options, null, units).call()) {
        throw new AssertionError("mutant " + mutant.name() + " does not compile:\n" + messages);
      }
      return classes.made();
    }
  }

  /**
   * Fails when the snippet is not there exactly once: the code has moved on, so must the mutant.
   */
  private static String patched(Mutant mutant, Mutant.Edit edit, String source) {
    String anyBlanks =
        Arrays.stream(edit.original().strip().split("\\s+"))
            .map(Pattern::quote)
            .collect(Collectors.joining("\\s+"));
    Matcher matcher = Pattern.compile(anyBlanks).matcher(source);
    List<MatchResult> places = matcher.results().toList();
    if (places.size() != 1) {
      throw new AssertionError(
          "mutant %s: its snippet stands %d times in %s: %s"
              .formatted(mutant.name(), places.size(), edit.file(), edit.original()));
    }
    return source.substring(0, places.getFirst().start())
        + edit.replacement()
        + source.substring(places.getFirst().end());
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(Path file, String text) {
      super(file.toUri(), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps class files in memory. */
  private static final class Classes extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ByteArrayOutputStream> outputs = new TreeMap<>();

    Classes(StandardJavaFileManager files) {
      super(files);
    }

    Map<String, byte[]> made() {
      Map<String, byte[]> made = new TreeMap<>();
      outputs.forEach((name, bytes) -> made.put(name, bytes.toByteArray()));
      return made;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      URI uri = URI.create("memory:///" + className.replace('.', '/') + kind.extension);
      return new SimpleJavaFileObject(uri, kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          outputs.put(className, bytes);
          return bytes;
        }
      };
    }
  }
}
