/** The port that yields committed changes, with its trigger implementation. */
@NullMarked
package dev.rowcast.capture;

import org.jspecify.annotations.NullMarked;
