/** Tests of {@code server}. */
@NullMarked
package dev.rowcast.server;

import org.jspecify.annotations.NullMarked;
