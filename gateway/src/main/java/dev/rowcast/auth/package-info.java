/** Who is this, and what may they hear or say. */
@NullMarked
package dev.rowcast.auth;

import org.jspecify.annotations.NullMarked;
