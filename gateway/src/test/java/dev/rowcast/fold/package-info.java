/** Whether clients of {@code /live} hold what the database answers, whatever happens. */
@NullMarked
package dev.rowcast.fold;

import org.jspecify.annotations.NullMarked;
