/** Tests of {@code session}. */
@NullMarked
package dev.rowcast.session;

import org.jspecify.annotations.NullMarked;
