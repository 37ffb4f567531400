// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConnectionException;
import io.walcast.ipc.Cancellation;
import io.walcast.transport.client.Deadline;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class AddressLookupTest {
    private static final HostEntry NAME = new HostEntry("db.example.org", null, 5432);

    private final Cancellation cancellation = new Cancellation();

    private List<HostAddress> addresses(AddressLookup.Resolver resolver) {
        return new AddressLookup(cancellation, resolver).addressesOf(NAME, Deadline.NEVER);
    }

    @Test
    void findsEachAddressOfAName() {
        InetAddress loopback = InetAddress.getLoopbackAddress();

        assertThat(addresses(name -> new InetAddress[] {loopback, loopback}))
                .containsExactly(new HostAddress(NAME, loopback), new HostAddress(NAME, loopback));
    }

    @Test
    void saysThatANameIsNotKnown() {
        assertThatThrownBy(() -> addresses(name -> {
                    throw new UnknownHostException(name);
                }))
                .isInstanceOf(ConnectionException.class)
                .hasMessage("could not translate host name \"db.example.org\" to address: Name or service not known");
    }

    @Test
    void endsWhenTheResolverFailsInAnotherWay() {
        assertThatThrownBy(() -> addresses(name -> {
                    throw new SecurityException("not allowed");
                }))
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("db.example.org")
                .hasMessageEndingWith("not allowed");
    }

    @Test
    void passesAnErrorOfTheVirtualMachineOn() {
        Error error = new OutOfMemoryError("made for this test");

        assertThatThrownBy(() -> addresses(name -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void leavesAResolverThatHangsWhenCanceledOrLate() {
        CountDownLatch never = new CountDownLatch(1);
        AddressLookup.Resolver hanging = name -> {
            cancellation.request();
            awaitUninterruptibly(never);
            return new InetAddress[0];
        };

        assertThatThrownBy(() -> addresses(hanging)).isInstanceOf(CanceledException.class);
        assertThatThrownBy(() -> new AddressLookup(new Cancellation(), hanging)
                        .addressesOf(NAME, Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(ConnectionException.class)
                .hasMessageEndingWith("timeout expired");
        never.countDown();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
