// SPDX-License-Identifier: Apache-2.0
/**
 * What the fuzz targets have in common. The targets themselves are in the packages of what they try, so that parsers need
 * not be public for them; what goes in first is in the resources, one file an input.
 *
 * <p>One thread.
 */
@NullMarked
package io.walcast.fuzz;

import org.jspecify.annotations.NullMarked;
