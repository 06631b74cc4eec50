/**
 * HTTP/1.1 as a load generator needs it: a parser of answers that allocates nothing, many
 * keep-alive connections driven by one thread, one blocking connection for probes, and the dialects
 * spoken over them.
 */
@NullMarked
package dev.flotilla.bench.http;

import org.jspecify.annotations.NullMarked;
