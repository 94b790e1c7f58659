/** Tests of {@code protocol}. */
@NullMarked
package dev.rowcast.protocol;

import org.jspecify.annotations.NullMarked;
