/** What of a row somebody may see: column choices, on the JSON of events. Pure. */
@NullMarked
package dev.rowcast.shape;

import org.jspecify.annotations.NullMarked;
