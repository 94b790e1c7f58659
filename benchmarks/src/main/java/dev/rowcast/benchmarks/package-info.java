/** Whole-system comparisons: each measures Rowcast beside a peer in the same run, interleaved. */
@NullMarked
package dev.rowcast.benchmarks;

import org.jspecify.annotations.NullMarked;
