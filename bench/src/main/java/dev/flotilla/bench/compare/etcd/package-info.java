/** Doors to etcd: its gRPC interface and the JSON gateway in front of it. */
@NullMarked
package dev.flotilla.bench.compare.etcd;

import org.jspecify.annotations.NullMarked;
