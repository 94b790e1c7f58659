/** The log as a Redis stream whose entry IDs are the positions. */
@NullMarked
package dev.rowcast.feed.redis;

import org.jspecify.annotations.NullMarked;
