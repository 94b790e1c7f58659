/** Facility messages through Redis: PUBLISH, SUBSCRIBE and SETEX under ws4redis's names. */
@NullMarked
package dev.rowcast.bus.redis;

import org.jspecify.annotations.NullMarked;
