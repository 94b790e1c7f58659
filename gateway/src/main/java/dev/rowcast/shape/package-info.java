/** Row filters and column choices: parsed once, evaluated on events, written as SQL. Pure. */
@NullMarked
package dev.rowcast.shape;

import org.jspecify.annotations.NullMarked;
