/** Tests of what a load tester writes, reads and counts. */
@NullMarked
package dev.rowcast.bench.wire;

import org.jspecify.annotations.NullMarked;
