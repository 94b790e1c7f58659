@NullMarked
package dev.rowcast.auth.jwt;

import org.jspecify.annotations.NullMarked;
