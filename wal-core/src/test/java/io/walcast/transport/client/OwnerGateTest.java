// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConnectionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class OwnerGateTest {
    private final AtomicInteger releases = new AtomicInteger();
    private final OwnerGate gate = new OwnerGate(releases::incrementAndGet);

    @Test
    void releasesAtOnceWhenTheOwnerIsAway() {
        gate.enter();
        gate.exit(false);

        assertThat(gate.close()).isTrue();
        assertThat(releases).hasValue(1);
        assertThat(gate.close()).isFalse();
        assertThat(releases).hasValue(1);
        assertThatThrownBy(gate::enter).isInstanceOf(ConnectionException.class);
    }

    @Test
    void waitsForTheOwnerToLeave() throws InterruptedException {
        gate.enter();
        closeElsewhere();
        assertThat(releases).hasValue(0);

        gate.exit(false);

        assertThat(releases).hasValue(1);
    }

    @Test
    void leavesWhatIsLentUntilTheOwnersNextCall() throws InterruptedException {
        gate.enter();
        closeElsewhere();
        gate.exit(true);
        assertThat(releases).hasValue(0);

        assertThatThrownBy(gate::enter).isInstanceOf(ConnectionException.class);

        assertThat(releases).hasValue(1);
    }

    @Test
    void takesTheOwnersOwnCloseForItsNextCall() throws InterruptedException {
        gate.enter();
        gate.exit(true);
        closeElsewhere();
        assertThat(releases).hasValue(0);

        assertThat(gate.close()).isFalse();

        assertThat(releases).hasValue(1);
    }

    private void closeElsewhere() throws InterruptedException {
        Thread other = new Thread(gate::close);
        other.start();
        other.join();
    }
}
