/** What a subscriber sees, as values: topic, audience, position, permission, close reason. */
@NullMarked
package dev.rowcast.message;

import org.jspecify.annotations.NullMarked;
