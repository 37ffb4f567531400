// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.primary;

/** The client did not do what the script expected of it. */
public final class ScriptFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ScriptFailure(String message) {
        super(message);
    }
}
