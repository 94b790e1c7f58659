/** Real PostgreSQL and Redis servers as child processes, for the demo and for tests. */
@NullMarked
package dev.rowcast.embedded;

import org.jspecify.annotations.NullMarked;
