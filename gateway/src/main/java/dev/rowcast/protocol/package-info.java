/**
 * Client requests and server frames as values, and their bytes. Pure: no I/O, no buffers of a
 * library.
 */
@NullMarked
package dev.rowcast.protocol;

import org.jspecify.annotations.NullMarked;
