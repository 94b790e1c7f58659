/** The ways a measured message gets into the system under test, without any client library. */
@NullMarked
package dev.rowcast.bench.publish;

import org.jspecify.annotations.NullMarked;
