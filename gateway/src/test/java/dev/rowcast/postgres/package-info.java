/** Tests of connecting and quoting. */
@NullMarked
package dev.rowcast.postgres;

import org.jspecify.annotations.NullMarked;
