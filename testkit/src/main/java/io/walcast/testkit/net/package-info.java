// SPDX-License-Identifier: Apache-2.0
/**
 * Networks that misbehave on request, and witnesses of what passes through them.
 *
 * <p>Plain sockets and threads, no framework. Everything public here may be used from any thread.
 */
@NullMarked
package io.walcast.testkit.net;

import org.jspecify.annotations.NullMarked;
