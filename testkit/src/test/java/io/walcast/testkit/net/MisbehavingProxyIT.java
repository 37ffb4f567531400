// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.net;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MisbehavingProxyIT {
    private static final int SILENCE_MS = 200;

    private final EchoServer server = new EchoServer();
    private final RecordingTap tap = new RecordingTap();
    private final MisbehavingProxy proxy = MisbehavingProxy.to(server.port(), tap);

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passesBytesBothWaysAndShowsThem() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, "hello")).isEqualTo("hello");
        }

        assertThat(proxy.accepted()).isEqualTo(1);
        await().until(() -> proxy.open() == 0);
        assertThat(tap.text(Direction.TO_SERVER)).isEqualTo("hello");
        assertThat(tap.text(Direction.TO_CLIENT)).isEqualTo("hello");
        await().until(() -> tap.closed.get() == 1);
    }

    @Test
    void aHalfClosedConnectionStillAnswers() throws IOException {
        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("last words"));
            client.shutdownOutput();

            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("last words");
        }
    }

    @Test
    void delays() throws IOException {
        proxy.behave(Direction.TO_CLIENT, Behaviour.PASS.withDelay(Duration.ofMillis(SILENCE_MS)));
        try (Socket client = connect()) {
            long start = System.nanoTime();

            assertThat(echo(client, "slow")).isEqualTo("slow");
            assertThat(System.nanoTime() - start).isGreaterThan(SILENCE_MS * 1_000_000L);
        }
    }

    @Test
    void isALongLine() throws IOException, InterruptedException {
        byte[] much = new byte[16 << 20];
        new Random(1).nextBytes(much);
        proxy.behave(Behaviour.PASS
                .withLatency(Duration.ofMillis(SILENCE_MS))
                .withThrottle(32L << 20)
                .withPieces(64 << 10));
        try (Socket client = connect()) {
            long start = System.nanoTime();
            Thread writer = new Thread(() -> write(client, much));
            writer.start();

            assertThat(client.getInputStream().readNBytes(much.length)).isEqualTo(much);
            // One piece after the other would take 100 s.
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(2 * SILENCE_MS + 500), Duration.ofSeconds(10));
            writer.join();
        }
    }

    private static void write(Socket client, byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void throttles() throws IOException {
        proxy.behave(Direction.TO_SERVER, Behaviour.PASS.withThrottle(1000));
        try (Socket client = connect()) {
            long start = System.nanoTime();

            assertThat(echo(client, "x".repeat(300))).hasSize(300);
            assertThat(System.nanoTime() - start).isGreaterThan(200_000_000L);
        }
    }

    @Test
    void swallowsAllInABlackHole() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, "before")).isEqualTo("before");
            proxy.behave(Direction.TO_SERVER, Behaviour.BLACK_HOLE);
            client.getOutputStream().write(bytes("lost"));
            assertSilent(client);
            proxy.behave(Behaviour.PASS);

            assertThat(echo(client, "after")).isEqualTo("after");
        }
    }

    @Test
    void losesNothingWhenItStopsReading() throws IOException {
        try (Socket client = connect()) {
            proxy.behave(Direction.TO_SERVER, Behaviour.STOPPED);
            client.getOutputStream().write(bytes("late"));
            assertSilent(client);

            proxy.behave(Behaviour.PASS);

            assertThat(read(client, 4)).isEqualTo("late");
        }
    }

    @Test
    void cutsAfterSoManyBytes() throws IOException {
        proxy.behave(Direction.TO_CLIENT, Behaviour.PASS.withCutAfter(3, Ending.FIN));
        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("12345"));

            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("123");
        }
    }

    @Test
    void resets() throws IOException {
        try (Socket client = connect()) {
            assertThat(echo(client, "x")).isEqualTo("x");

            proxy.cut(Ending.RST);

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void splitsAndCorrupts() throws IOException {
        proxy.behave(Direction.TO_SERVER, Behaviour.PASS.withPieces(1).withCorruptionAt(2));
        try (Socket client = connect()) {
            client.getOutputStream().write(bytes("abcd"));

            byte[] answer = client.getInputStream().readNBytes(4);
            assertThat(answer).containsExactly('a', 'b', 'c' ^ 0xFF, 'd');
        }
    }

    @Test
    void refusesAndAdmitsAgainOnTheSamePort() throws IOException {
        proxy.refuse();
        assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

        proxy.admit();
        try (Socket client = connect()) {
            assertThat(echo(client, "back")).isEqualTo("back");
        }
    }

    @Test
    void leadsElsewhere() throws IOException {
        try (EchoServer other = new EchoServer()) {
            server.close();
            proxy.retarget(other.port());
            try (Socket client = connect()) {
                assertThat(echo(client, "other")).isEqualTo("other");
            }
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    }

    private static String echo(Socket client, String text) throws IOException {
        client.getOutputStream().write(bytes(text));
        return read(client, text.length());
    }

    private static String read(Socket client, int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SILENCE_MS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static final class RecordingTap implements Tap {
        private final Map<Direction, ByteArrayOutputStream> seen = new EnumMap<>(Direction.class);
        private final AtomicInteger closed = new AtomicInteger();

        private RecordingTap() {
            for (Direction direction : Direction.values()) {
                seen.put(direction, new ByteArrayOutputStream());
            }
        }

        private String text(Direction direction) {
            return stream(direction).toString(StandardCharsets.UTF_8);
        }

        private ByteArrayOutputStream stream(Direction direction) {
            return requireNonNull(seen.get(direction));
        }

        @Override
        public Wire opened(int number) {
            return new Wire() {
                @Override
                public void seen(Direction direction, ByteBuffer bytes) {
                    byte[] copy = new byte[bytes.remaining()];
                    bytes.get(copy);
                    stream(direction).writeBytes(copy);
                }

                @Override
                public void closed() {
                    closed.incrementAndGet();
                }
            };
        }
    }
}
