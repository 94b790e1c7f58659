/**
 * How Redis is reached: address, encryption, connections. Nothing here knows what is kept there.
 */
@NullMarked
package dev.rowcast.redis;

import org.jspecify.annotations.NullMarked;
