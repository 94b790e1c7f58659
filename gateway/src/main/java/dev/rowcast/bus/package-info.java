/** The port of facility messages, with an in-process and a Redis implementation. */
@NullMarked
package dev.rowcast.bus;

import org.jspecify.annotations.NullMarked;
