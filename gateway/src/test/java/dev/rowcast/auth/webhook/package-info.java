@NullMarked
package dev.rowcast.auth.webhook;

import org.jspecify.annotations.NullMarked;
