/** What operators and applications order by HTTP: publish, disconnect, look. */
@NullMarked
package dev.rowcast.admin;

import org.jspecify.annotations.NullMarked;
