// SPDX-License-Identifier: Apache-2.0

/**
 * The API that transports are written against, as text, and what has changed in it since it was promised. Depends on the
 * API alone. All is confined to one thread.
 */
@NullMarked
package io.walcast.testkit.api;

import org.jspecify.annotations.NullMarked;
