/** The values everybody shares. */
@NullMarked
package dev.rowcast.message;

import org.jspecify.annotations.NullMarked;
