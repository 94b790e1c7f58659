/** Tests of the load tester: known losses must come out number by number. */
@NullMarked
package dev.rowcast.bench;

import org.jspecify.annotations.NullMarked;
