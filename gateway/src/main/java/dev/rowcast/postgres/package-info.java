/** How we connect, quote, and read the catalogue. */
@NullMarked
package dev.rowcast.postgres;

import org.jspecify.annotations.NullMarked;
