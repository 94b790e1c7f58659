/** Recognises who shows a signed token (RFC 7519), wherever a client can put one. */
@NullMarked
package dev.rowcast.auth.jwt;

import org.jspecify.annotations.NullMarked;
