/** Tests of the triggers and of their installation, on real servers. */
@NullMarked
package dev.rowcast.capture.migrate;

import org.jspecify.annotations.NullMarked;
