@NullMarked
package dev.rowcast.lookup;

import org.jspecify.annotations.NullMarked;
