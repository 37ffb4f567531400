// SPDX-License-Identifier: Apache-2.0
/** Tests of the side-by-side runs, without the programs and, in the integration test, with stand-ins. */
@NullMarked
package io.walcast.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
