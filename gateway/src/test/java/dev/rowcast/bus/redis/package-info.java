/** The Redis bus against a real Redis and real faults. */
@NullMarked
package dev.rowcast.bus.redis;

import org.jspecify.annotations.NullMarked;
