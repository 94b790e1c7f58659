/** Answers what {@code auth} asks of an application's PostgreSQL and Redis. */
@NullMarked
package dev.rowcast.lookup;

import org.jspecify.annotations.NullMarked;
