/** What operators write, and what becomes of it. */
@NullMarked
package dev.rowcast.config;

import org.jspecify.annotations.NullMarked;
