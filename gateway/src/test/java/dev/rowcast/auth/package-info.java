/** Tests of {@code auth}. */
@NullMarked
package dev.rowcast.auth;

import org.jspecify.annotations.NullMarked;
