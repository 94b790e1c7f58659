/** A change becomes facility messages. Pure. */
@NullMarked
package dev.rowcast.routing;

import org.jspecify.annotations.NullMarked;
