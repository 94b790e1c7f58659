/** File, environment and flags become settings records. Nobody below knows it exists. */
@NullMarked
package dev.rowcast.config;

import org.jspecify.annotations.NullMarked;
