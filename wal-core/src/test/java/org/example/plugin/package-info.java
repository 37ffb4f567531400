// SPDX-License-Identifier: Apache-2.0

/** A transport as others would write it, for the tests of discovery. */
@NullMarked
package org.example.plugin;

import org.jspecify.annotations.NullMarked;
