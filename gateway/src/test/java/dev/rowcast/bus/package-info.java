/** What both buses must do, and what is special to each. */
@NullMarked
package dev.rowcast.bus;

import org.jspecify.annotations.NullMarked;
