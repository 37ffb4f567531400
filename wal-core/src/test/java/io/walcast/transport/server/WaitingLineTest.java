// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.server.WaitingLine.Waiting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
    private final WaitingLine<String> line = new WaitingLine<>(3, 5);

    private static Waiting<String> waiting(long acceptedNs) {
        return new Waiting<>("a connection", acceptedNs);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void holdsSoManyFromOneAddressAndInAll() {
        for (int i = 0; i < 3; i++) {
            assertThat(line.add(address(1), waiting(i))).isTrue();
        }
        assertThat(line.add(address(1), waiting(3))).isFalse();
        assertThat(line.add(address(2), waiting(4))).isTrue();
        assertThat(line.add(address(3), waiting(5))).isTrue();
        assertThat(line.add(address(4), waiting(6))).isFalse();
    }

    @Test
    void admitsTheFirstOfEachAddressInTurn() {
        line.add(address(1), waiting(1));
        line.add(address(1), waiting(2));
        line.add(address(2), waiting(3));
        Admission admission = new Admission(new Limits(Duration.ofSeconds(10), 2, 2, 9, 1 << 20, 16 << 10));

        assertThat(line.admit(admission::enter))
                .extracting(admitted -> admitted.waiting().acceptedNs())
                .containsExactly(1L, 3L);
        assertThat(line.admit(admission::enter)).isEmpty();
        assertThat(line.removeAll()).extracting(Waiting::acceptedNs).containsExactly(2L);
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void letsGoOfThoseWhoHaveWaitedLongEnough() {
        line.add(address(1), waiting(1));
        line.add(address(1), waiting(7));
        line.add(address(2), waiting(5));

        assertThat(line.removeOlder(5)).extracting(Waiting::acceptedNs).containsExactlyInAnyOrder(1L, 5L);
        assertThat(line.isEmpty()).isFalse();
        assertThat(line.removeOlder(7)).extracting(Waiting::acceptedNs).containsExactly(7L);
        assertThat(line.isEmpty()).isTrue();
    }
}
