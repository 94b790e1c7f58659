/** Empties the outbox that the triggers of {@code rowcast migrate} fill. */
@NullMarked
package dev.rowcast.capture.triggers;

import org.jspecify.annotations.NullMarked;
