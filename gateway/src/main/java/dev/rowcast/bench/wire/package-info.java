/** The bytes a load tester writes and reads, and what it counts in them. Pure: no sockets. */
@NullMarked
package dev.rowcast.bench.wire;

import org.jspecify.annotations.NullMarked;
