/** What {@code /live} asks of the application's PostgreSQL: columns and their types, rows. */
@NullMarked
package dev.rowcast.rows;

import org.jspecify.annotations.NullMarked;
