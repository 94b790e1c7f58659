/** Installs, compares and removes the triggers that capture. */
@NullMarked
package dev.rowcast.capture.migrate;

import org.jspecify.annotations.NullMarked;
