// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.service;

import static java.util.Objects.requireNonNull;

/**
 * A call that a transport made of a session or of its stream.
 *
 * @param name the method
 * @param thread the name of the thread it was made on
 */
public record SessionCall(String name, String thread) {
    public SessionCall {
        requireNonNull(name, "name");
        requireNonNull(thread, "thread");
    }
}
