@NullMarked
package dev.rowcast.admin;

import org.jspecify.annotations.NullMarked;
