/** Who on this node listens to what; hands bytes to event loops. */
@NullMarked
package dev.rowcast.hub;

import org.jspecify.annotations.NullMarked;
