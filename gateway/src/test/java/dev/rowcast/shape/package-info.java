/** Column choices. */
@NullMarked
package dev.rowcast.shape;

import org.jspecify.annotations.NullMarked;
