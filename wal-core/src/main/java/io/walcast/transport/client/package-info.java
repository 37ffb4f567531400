// SPDX-License-Identifier: Apache-2.0

/**
 * What the receiving ends of transports have in common: commands and their answers, deadlines, who lets go of what when
 * any thread may close, and where secrets come from. For authors of transports; no promise yet.
 *
 * <p>Depends on {@code io.walcast.transport} and what that depends on.
 */
@NullMarked
package io.walcast.transport.client;

import org.jspecify.annotations.NullMarked;
