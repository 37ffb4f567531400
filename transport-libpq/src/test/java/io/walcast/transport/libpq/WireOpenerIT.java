// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.walcast.core.error.CanceledException;
import io.walcast.core.error.ConnectionException;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.client.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets of both kinds on both of Netty's ways to wait for them: epoll, and NIO where that is missing. */
@Timeout(60)
final class WireOpenerIT {
    private static final byte[] FRAME = FakeWire.frame('Z', new byte[] {'I'});
    private static final SocketSettings SOCKET = new SocketSettings(true, 30, 10, 3, 60_000);

    @TempDir
    private Path directory;

    private final Cancellation cancellation = new Cancellation();

    @AfterEach
    void lookForLeaks() {
        LeakRecorder.assertNothingLeaked();
    }

    private WireOpener opener(LoopThread loop) {
        return new WireOpener(loop, SOCKET, new Latch(), cancellation, FakeWire.WINDOW_BYTES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsFromATcpSocket(boolean epoll) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0))) {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();

            readsAFrame(listener, epoll, new HostAddress(new HostEntry("localhost", null, port), loopback));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsFromASocketInTheFileSystem(boolean epoll) throws IOException {
        HostAddress address = new HostAddress(new HostEntry(directory.toString(), null, 5432), null);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(address.entry().socketPath()));

            readsAFrame(listener, epoll, address);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsTheSystemWhenAPeerCountsAsDead(boolean epoll) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
                LoopThread loop = new LoopThread(epoll && Epoll.isAvailable())) {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            HostAddress address = new HostAddress(new HostEntry("localhost", null, port), loopback);
            Wire wire = opener(loop).open(address, Deadline.after(Duration.ofSeconds(30)));
            ChannelConfig config = wire.channel().config();

            assertThat(config.getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            if (loop.isEpoll()) {
                assertThat(config.getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(30);
                assertThat(config.getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(10);
                assertThat(config.getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(3);
                assertThat(config.getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                        .isEqualTo(60_000);
            } else {
                assertThat(config.getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
                        .isEqualTo(30);
            }
            wire.close(null);
        }
    }

    private void readsAFrame(ServerSocketChannel listener, boolean epoll, HostAddress address) throws IOException {
        try (LoopThread loop = new LoopThread(epoll && Epoll.isAvailable())) {
            Wire wire = opener(loop).open(address, Deadline.after(Duration.ofSeconds(30)));
            FrameReader frames = new FrameReader(wire, FrameLimits.PHYSICAL);
            ServerSession session = new ServerSession(wire, frames, notice -> {});
            wire.readOn();
            try (SocketChannel peer = listener.accept()) {
                peer.write(ByteBuffer.wrap(FRAME));
                assertThat(session.awaitFrame(Deadline.NEVER, "test").type()).isEqualTo((byte) 'Z');
            }
            assertThatThrownBy(() -> session.awaitFrame(Deadline.NEVER, "test"))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessage("server closed the connection unexpectedly");
            wire.close(null);
            frames.release();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("walcast-libpq-"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void saysWhyItCannotConnect(boolean epoll) {
        HostAddress nobody = new HostAddress(new HostEntry("127.0.0.1", null, 1), InetAddress.getLoopbackAddress());
        HostAddress nothing = new HostAddress(new HostEntry(directory.toString(), null, 5432), null);
        try (LoopThread loop = new LoopThread(epoll && Epoll.isAvailable())) {
            assertThatThrownBy(() -> opener(loop).open(nobody, Deadline.NEVER))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessage("Connection refused" + nobody.hint());
            assertThatThrownBy(() -> opener(loop).open(nothing, Deadline.NEVER))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessage("No such file or directory" + nothing.hint());
            cancellation.request();
            assertThatThrownBy(() -> opener(loop).open(nobody, Deadline.NEVER)).isInstanceOf(CanceledException.class);
        }
    }
}
