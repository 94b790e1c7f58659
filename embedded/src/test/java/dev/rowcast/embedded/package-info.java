/** Real servers, really started, stopped and killed. */
@NullMarked
package dev.rowcast.embedded;

import org.jspecify.annotations.NullMarked;
