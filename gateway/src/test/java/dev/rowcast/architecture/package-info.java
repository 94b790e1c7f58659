/** Holds the code against the tables of {@code docs/ARCHITECTURE.md} and the formatter. */
@NullMarked
package dev.rowcast.architecture;

import org.jspecify.annotations.NullMarked;
