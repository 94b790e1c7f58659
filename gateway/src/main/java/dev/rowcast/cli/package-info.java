/** Parses words, prints, exits. */
@NullMarked
package dev.rowcast.cli;

import org.jspecify.annotations.NullMarked;
