@NullMarked
package dev.rowcast.auth.django;

import org.jspecify.annotations.NullMarked;
