/** Recognises the users of a Django application by their session cookie. */
@NullMarked
package dev.rowcast.auth.django;

import org.jspecify.annotations.NullMarked;
