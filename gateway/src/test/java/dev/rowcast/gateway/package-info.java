/** The whole product, as one process or several. */
@NullMarked
package dev.rowcast.gateway;

import org.jspecify.annotations.NullMarked;
