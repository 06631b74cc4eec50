package dev.flotilla.launcher.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one mapping of the file key by key. Every error names the place, the key's whole path and
 * what was expected; {@link #rejectUnknownKeys} reports keys nobody asked for.
 */
final class ConfigSection {
  private final String path;
  private final ConfigTree.@Nullable Mapping mapping;
  private final String where;
  private final Overrides overrides;
  private final Set<String> askedKeys = new TreeSet<>();

  private ConfigSection(
      String path, ConfigTree.@Nullable Mapping mapping, String where, Overrides overrides) {
    this.path = path;
    this.mapping = mapping;
    this.where = where;
    this.overrides = overrides;
  }

  static ConfigSection root(ConfigTree tree, Overrides overrides) {
    if (!(tree instanceof ConfigTree.Mapping mapping)) {
      throw new ConfigException(
          tree.where(),
          "expected a mapping with the keys cluster, groups, nodes, found " + tree.kind());
    }
    return new ConfigSection("", mapping, mapping.where(), overrides);
  }

  String where() {
    return where;
  }

  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean has(String key) {
    askedKeys.add(key);
    return mapping != null && mapping.entries().containsKey(key);
  }

  /** Whether the key holds a plain value rather than a section; overrides count. */
  boolean isScalar(String key) {
    askedKeys.add(key);
    if (overrides.at(pathOf(key)).isPresent()) {
      return true;
    }
    ConfigTree.Entry entry = mapping == null ? null : mapping.entries().get(key);
    return entry != null && entry.value() instanceof ConfigTree.Scalar;
  }

  /** Where the key's value stands, or where it is missing. */
  String whereIs(String key) {
    ConfigTree.Entry entry = mapping == null ? null : mapping.entries().get(key);
    return entry == null ? where : entry.where();
  }

  ConfigException error(String key, String problem) {
    return new ConfigException(whereIs(key), pathOf(key) + ": " + problem);
  }

  String text(String key, String form) {
    return optionalText(key, form)
        .orElseThrow(() -> new ConfigException(where, pathOf(key) + ": missing; expected " + form));
  }

  Optional<String> optionalText(String key, String form) {
    return scalar(key, form).map(ConfigTree.Scalar::text);
  }

  int integer(String key, int min, int max, int otherwise) {
    return optionalInteger(key, min, max).orElse(otherwise);
  }

  Optional<Integer> optionalInteger(String key, int min, int max) {
    String form = "a whole number from " + min + " to " + max;
    return scalar(key, form)
        .map(scalar -> {
          try {
            int value = Integer.parseInt(scalar.text().strip());
            if (value >= min && value <= max) {
              return value;
            }
          } catch (NumberFormatException e) {
            // reported below, with the place
          }
          throw expected(scalar, key, form);
        });
  }

  boolean flag(String key, boolean otherwise) {
    return scalar(key, "true or false")
        .map(scalar ->
            switch (scalar.text()) {
              case "true" -> true;
              case "false" -> false;
              default -> throw expected(scalar, key, "true or false");
            })
        .orElse(otherwise);
  }

  Duration duration(String key, Duration otherwise) {
    return scalar(key, Units.DURATION_FORM)
        .map(scalar ->
            Units.parseDuration(scalar.text())
                .filter(duration -> duration.isPositive())
                .orElseThrow(() -> expected(scalar, key, Units.DURATION_FORM)))
        .orElse(otherwise);
  }

  long bytes(String key, long min, long max, long otherwise) {
    String form =
        Units.BYTES_FORM + " from " + Units.formatBytes(min) + " to " + Units.formatBytes(max);
    return scalar(key, form)
        .map(scalar ->
            Units.parseBytes(scalar.text())
                .filter(bytes -> bytes >= min && bytes <= max)
                .orElseThrow(() -> expected(scalar, key, form)))
        .orElse(otherwise);
  }

  Optional<HostPort> address(String key) {
    String form = "an address such as 127.0.0.1:7001";
    return scalar(key, form)
        .map(
            scalar -> HostPort.parse(scalar.text()).orElseThrow(() -> expected(scalar, key, form)));
  }

  /** A section that may be missing: its keys can still come from the environment. */
  ConfigSection section(String key) {
    askedKeys.add(key);
    ConfigTree.Entry entry = mapping == null ? null : mapping.entries().get(key);
    if (entry == null || entry.value() instanceof ConfigTree.Empty) {
      return new ConfigSection(pathOf(key), null, whereIs(key), overrides);
    }
    if (entry.value() instanceof ConfigTree.Mapping found) {
      return new ConfigSection(pathOf(key), found, entry.where(), overrides);
    }
    throw error(key, "expected a mapping, found " + entry.value().kind());
  }

  /**
   * A list of mappings, in order. Each has the path {@code key.name}, where the name is what stands
   * under {@code nameKey}.
   */
  List<ConfigSection> sections(String key, String nameKey) {
    askedKeys.add(key);
    ConfigTree.Entry entry = mapping == null ? null : mapping.entries().get(key);
    if (entry == null) {
      throw new ConfigException(where, pathOf(key) + ": missing; expected a list");
    }
    if (!(entry.value() instanceof ConfigTree.Sequence sequence)) {
      throw error(key, "expected a list, found " + entry.value().kind());
    }
    List<ConfigSection> sections = new ArrayList<>();
    for (ConfigTree item : sequence.items()) {
      if (!(item instanceof ConfigTree.Mapping found)) {
        throw new ConfigException(
            item.where(),
            pathOf(key)
                + ": expected a mapping with the key "
                + nameKey
                + ", found "
                + item.kind());
      }
      ConfigTree.Entry name = found.entries().get(nameKey);
      if (name == null || !(name.value() instanceof ConfigTree.Scalar scalar)) {
        throw new ConfigException(
            item.where(), pathOf(key) + ": each item needs the key " + nameKey);
      }
      sections.add(
          new ConfigSection(pathOf(key) + "." + scalar.text(), found, item.where(), overrides));
    }
    return sections;
  }

  /** The same, or nothing at all. */
  List<String> optionalWords(String key) {
    boolean given =
        overrides.at(pathOf(key)).isPresent()
            || (mapping != null && mapping.entries().containsKey(key));
    askedKeys.add(key);
    return given ? words(key) : List.of();
  }

  /** A list of words; as an override, words with commas between. */
  List<String> words(String key) {
    askedKeys.add(key);
    Optional<ConfigTree.Scalar> override = overrides.at(pathOf(key));
    if (override.isPresent()) {
      return List.of(override.get().text().strip().split("\\s*,\\s*"));
    }
    ConfigTree.Entry entry = mapping == null ? null : mapping.entries().get(key);
    if (entry == null || !(entry.value() instanceof ConfigTree.Sequence sequence)) {
      throw new ConfigException(
          whereIs(key),
          pathOf(key)
              + ": "
              + (entry == null
                  ? "missing; expected a list"
                  : "expected a list, found " + entry.value().kind()));
    }
    Set<String> words = new LinkedHashSet<>();
    for (ConfigTree item : sequence.items()) {
      if (!(item instanceof ConfigTree.Scalar scalar)) {
        throw new ConfigException(
            item.where(), pathOf(key) + ": expected a name, found " + item.kind());
      }
      if (!words.add(scalar.text())) {
        throw new ConfigException(
            scalar.where(), pathOf(key) + ": " + scalar.text() + " is named twice");
      }
    }
    return List.copyOf(words);
  }

  void rejectUnknownKeys() {
    if (mapping == null) {
      return;
    }
    new TreeMap<>(mapping.entries())
        .forEach((key, entry) -> {
          if (!askedKeys.contains(key)) {
            throw new ConfigException(
                entry.where(),
                pathOf(key)
                    + ": there is no such key"
                    + DidYouMean.hint(key, askedKeys)
                    + "; expected one of "
                    + String.join(", ", askedKeys));
          }
        });
  }

  private Optional<ConfigTree.Scalar> scalar(String key, String form) {
    askedKeys.add(key);
    Optional<ConfigTree.Scalar> override = overrides.at(pathOf(key));
    if (override.isPresent()) {
      return override;
    }
    ConfigTree.Entry entry = mapping == null ? null : mapping.entries().get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value() instanceof ConfigTree.Scalar scalar) {
      return Optional.of(scalar);
    }
    throw error(key, "expected " + form + ", found " + entry.value().kind());
  }

  private ConfigException expected(ConfigTree.Scalar scalar, String key, String form) {
    return new ConfigException(
        scalar.where(), pathOf(key) + ": expected " + form + ", found " + scalar.kind());
  }
}
