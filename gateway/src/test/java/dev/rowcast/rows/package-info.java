/** Tests of what is asked of the application's PostgreSQL. */
@NullMarked
package dev.rowcast.rows;

import org.jspecify.annotations.NullMarked;
