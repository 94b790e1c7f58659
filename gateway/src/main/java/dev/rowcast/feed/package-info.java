/** The port of the ordered log of row changes; in-process and Redis. */
@NullMarked
package dev.rowcast.feed;

import org.jspecify.annotations.NullMarked;
