/** What a run found, and the files that tell it: text, JSON, one page of HTML. */
@NullMarked
package dev.rowcast.bench.report;

import org.jspecify.annotations.NullMarked;
