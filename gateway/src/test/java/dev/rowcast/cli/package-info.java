/** Words on a command line, and real processes that were started by them. */
@NullMarked
package dev.rowcast.cli;

import org.jspecify.annotations.NullMarked;
