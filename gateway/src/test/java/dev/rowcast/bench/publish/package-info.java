/** Tests of the ways into a measured system. */
@NullMarked
package dev.rowcast.bench.publish;

import org.jspecify.annotations.NullMarked;
