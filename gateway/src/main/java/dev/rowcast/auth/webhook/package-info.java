/** Asks the application itself who a client is. */
@NullMarked
package dev.rowcast.auth.webhook;

import org.jspecify.annotations.NullMarked;
