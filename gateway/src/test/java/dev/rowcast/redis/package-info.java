/** Tests of the way to Redis. */
@NullMarked
package dev.rowcast.redis;

import org.jspecify.annotations.NullMarked;
