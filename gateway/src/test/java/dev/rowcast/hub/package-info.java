/** Tests of {@code hub}. */
@NullMarked
package dev.rowcast.hub;

import org.jspecify.annotations.NullMarked;
