// SPDX-License-Identifier: Apache-2.0
package io.walcast.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.testkit.postgres.Tool;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The processes that were seen below a program while it ran. Once it has ended, nothing else tells whose they were. */
final class Descendants {
    /** Time for whoever inherits the dead to bury them. */
    private static final Duration BURIAL = Duration.ofSeconds(5);

    private static final int SERVER_AND_RECEIVER = 2;

    private final Set<ProcessHandle> seen = new HashSet<>();

    /** Looks once more; returns true, so that it may stand before a condition that is waited for. */
    boolean addThoseOf(Tool.Running program) {
        ProcessHandle.of(program.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .forEach(seen::add);
        return true;
    }

    void requireServerAndReceiverWereSeen() {
        assertThat(seen).hasSizeGreaterThanOrEqualTo(SERVER_AND_RECEIVER);
    }

    void requireNoneLeft() {
        await().atMost(BURIAL)
                .untilAsserted(
                        () -> assertThat(seen).filteredOn(Descendants::isThere).isEmpty());
    }

    /** One that nobody has buried has no program any more. */
    private static boolean isThere(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
