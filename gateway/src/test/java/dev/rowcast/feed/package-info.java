/** What every feed promises. */
@NullMarked
package dev.rowcast.feed;

import org.jspecify.annotations.NullMarked;
