// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

/** Whether, and how eagerly, a new connection attempt makes sense after an error. */
public enum Retry {
    /** Soon, with a growing pause: a peer that is away, restarting or busy. */
    BACKOFF,
    /** At most once a minute: a refusal that a person may lift without touching this process. */
    SLOW,
    /** Not at all: trying again cannot help, or could do harm. */
    NEVER
}
