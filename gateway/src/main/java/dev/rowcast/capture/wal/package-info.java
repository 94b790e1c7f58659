/** Changes read from PostgreSQL's write-ahead log, decoded by {@code pgoutput}. */
@NullMarked
package dev.rowcast.capture.wal;

import org.jspecify.annotations.NullMarked;
