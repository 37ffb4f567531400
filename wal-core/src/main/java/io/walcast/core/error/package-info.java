// SPDX-License-Identifier: Apache-2.0

/**
 * What goes wrong, with a SQLSTATE and an answer to "may I retry, and how?".
 *
 * <p>Depends on the JDK only. Every type is immutable.
 */
@NullMarked
package io.walcast.core.error;

import org.jspecify.annotations.NullMarked;
