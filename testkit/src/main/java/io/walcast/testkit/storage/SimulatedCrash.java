// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

/** The machine stops here: thrown by the call that was to come, and by all later ones. */
public final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(FileCall before) {
        super("crash before call " + before);
    }
}
