/** Plays many clients and measures. Speaks only the public protocol. */
@NullMarked
package dev.rowcast.bench;

import org.jspecify.annotations.NullMarked;
