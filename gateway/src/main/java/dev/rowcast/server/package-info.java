/** Netty: bytes in and out, handshake, heartbeat, pages. The only channel pipeline. */
@NullMarked
package dev.rowcast.server;

import org.jspecify.annotations.NullMarked;
