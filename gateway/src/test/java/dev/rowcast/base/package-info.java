@NullMarked
package dev.rowcast.base;

import org.jspecify.annotations.NullMarked;
