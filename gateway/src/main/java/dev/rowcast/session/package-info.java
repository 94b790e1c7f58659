/** One client's conversation as a state machine. No sockets. */
@NullMarked
package dev.rowcast.session;

import org.jspecify.annotations.NullMarked;
