/**
 * Rowcast held against the real ws4redis: the same conversations with both, on one Redis.
 *
 * <p>The conversations are files below {@code src/test/resources/oracle/}; nothing of Java is
 * needed to add one.
 */
@NullMarked
package dev.rowcast.oracle;

import org.jspecify.annotations.NullMarked;
