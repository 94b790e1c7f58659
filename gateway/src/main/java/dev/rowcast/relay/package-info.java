/** Carries what was captured to where it belongs, and says when it has arrived. */
@NullMarked
package dev.rowcast.relay;

import org.jspecify.annotations.NullMarked;
