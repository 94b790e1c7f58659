/** Tests of the demo. */
@NullMarked
package dev.rowcast.cli.demo;

import org.jspecify.annotations.NullMarked;
