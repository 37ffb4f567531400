// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;

/** Something that several may set off and that happens once. Safe for use from any thread. */
final class OneTime implements Runnable {
    private final AtomicBoolean done = new AtomicBoolean();
    private final Runnable action;

    OneTime(Runnable action) {
        this.action = requireNonNull(action, "action");
    }

    @Override
    public void run() {
        if (done.compareAndSet(false, true)) {
            action.run();
        }
    }
}
