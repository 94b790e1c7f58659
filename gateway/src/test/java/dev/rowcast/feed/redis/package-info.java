/** The feed in a real Redis, and real faults. */
@NullMarked
package dev.rowcast.feed.redis;

import org.jspecify.annotations.NullMarked;
