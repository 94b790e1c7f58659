/**
 * {@code rowcast demo}: a real PostgreSQL and a real Redis, a small Rodan that works, and a page
 * that watches it.
 *
 * <p>This package plays the application, hence it speaks SQL to its own tables.
 */
@NullMarked
package dev.rowcast.cli.demo;

import org.jspecify.annotations.NullMarked;
