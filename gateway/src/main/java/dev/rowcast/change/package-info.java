/** What happened in PostgreSQL, as values. No SQL, no I/O. */
@NullMarked
package dev.rowcast.change;

import org.jspecify.annotations.NullMarked;
