/** Time, lifecycle, backoff, sizes, secrets. JDK only; nothing here names our domain. */
@NullMarked
package dev.rowcast.base;

import org.jspecify.annotations.NullMarked;
