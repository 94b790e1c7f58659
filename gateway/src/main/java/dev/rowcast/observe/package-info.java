/** Counters, histograms, health. Measures; never decides. */
@NullMarked
package dev.rowcast.observe;

import org.jspecify.annotations.NullMarked;
