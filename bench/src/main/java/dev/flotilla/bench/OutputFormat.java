package dev.flotilla.bench;

/** How a result is printed. */
enum OutputFormat {
  TEXT,
  JSON
}
