// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.transport.ListenOptions.Limits;
import io.walcast.transport.server.Admission.Ticket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission(new Limits(Duration.ofSeconds(10), 3, 2, 2, 1 << 20, 16 << 10));

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private Ticket entered(int last) {
        return requireNonNull(admission.enter(address(last)));
    }

    @Test
    void letsSoManyStrangersInAndFewerFromOneAddress() {
        Ticket first = entered(1);
        entered(1);
        assertThat(admission.enter(address(1))).isNull();
        entered(2);
        assertThat(admission.enter(address(3))).isNull();

        first.leave();
        first.leave();
        entered(3);
        assertThat(admission.enter(address(4))).isNull();
    }

    @Test
    void countsWhoIsLoggedInApart() {
        Ticket a = entered(1);
        Ticket b = entered(1);
        assertThat(a.logIn()).isTrue();
        assertThat(b.logIn()).isTrue();
        assertThat(admission.hasRoom()).isFalse();
        Ticket c = entered(1);
        assertThat(c.logIn()).isFalse();

        a.leave();
        a.leave();
        assertThat(c.logIn()).isTrue();
        assertThat(admission.hasRoom()).isFalse();
    }

    @Test
    void aConnectionThatIsGoneCannotLogIn() {
        Ticket gone = entered(1);
        gone.leave();

        assertThat(gone.logIn()).isFalse();
        assertThat(admission.hasRoom()).isTrue();
    }
}
