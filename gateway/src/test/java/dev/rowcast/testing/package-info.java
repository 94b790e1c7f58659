/** Fakes and faults for tests: proxies, recorders, hand-cranked loops. */
@NullMarked
package dev.rowcast.testing;

import org.jspecify.annotations.NullMarked;
