// SPDX-License-Identifier: Apache-2.0

/** Tests of the scripted standbys. */
@NullMarked
package io.walcast.testkit.standby;

import org.jspecify.annotations.NullMarked;
