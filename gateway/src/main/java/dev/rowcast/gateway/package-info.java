/** The composition root: reads top to bottom like a wiring diagram. */
@NullMarked
package dev.rowcast.gateway;

import org.jspecify.annotations.NullMarked;
