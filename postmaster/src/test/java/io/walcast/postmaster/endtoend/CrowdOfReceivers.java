// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many receivers on plain sockets, all on one thread. A few at a time log in, since a server lets only so many strangers in at
 * once from one address. May be used from any thread.
 */
final class CrowdOfReceivers implements AutoCloseable {
    private static final int LOGINS_AT_ONCE = 4;
    private static final int READ_BYTES = 256 << 10;
    private static final int SLUGGISH_BUFFER_BYTES = 16 << 10;
    private static final long SLOW_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long JOIN_MS = 10_000;

    private final InetSocketAddress relay;
    private final int size;
    private final Lsn start;
    private final WrittenSegments written;
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "crowd");
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final List<CrowdReceiver> receivers = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();

    // Confined to the thread.
    private @Nullable CrowdReceiver slow;
    private long slowReadNs;

    // Written by the thread or by whoever closes, read by both.
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    private CrowdOfReceivers(InetSocketAddress relay, int size, Lsn start, WrittenSegments written) throws IOException {
        this.relay = relay;
        this.size = size;
        this.start = start;
        this.written = written;
        selector = Selector.open();
    }

    /** Has {@code size} receivers come to {@code port} of 127.0.0.1 and stream from {@code start} on. */
    static CrowdOfReceivers start(int port, int size, Lsn start, WrittenSegments written) {
        try {
            CrowdOfReceivers crowd = new CrowdOfReceivers(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), size, start, written);
            crowd.thread.setDaemon(true);
            crowd.thread.start();
            return crowd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        try {
            while (!closed) {
                for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                    order.run();
                }
                if (receivers.size() < size && loggingIn() < LOGINS_AT_ONCE) {
                    open();
                }
                selector.select(receivers.size() < size ? 1 : 100);
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
                serveSlow();
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private long loggingIn() {
        return receivers.stream().filter(receiver -> !receiver.isStreaming()).count();
    }

    private void open() throws IOException {
        SocketChannel channel = SocketChannel.open();
        if (receivers.size() < 2) {
            // Those that may be made sluggish: so that the relay soon feels it.
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SLUGGISH_BUFFER_BYTES);
        }
        channel.connect(relay);
        channel.configureBlocking(false);
        CrowdReceiver receiver = new CrowdReceiver("crowd-" + receivers.size(), channel, start, written);
        channel.register(selector, SelectionKey.OP_READ, receiver);
        receivers.add(receiver);
        receiver.logIn();
    }

    private void serve(SelectionKey key) throws IOException {
        read((CrowdReceiver) requireNonNull(key.attachment()), READ_BYTES);
    }

    private void serveSlow() throws IOException {
        CrowdReceiver reading = slow;
        if (reading != null && System.nanoTime() - slowReadNs > SLOW_NS) {
            slowReadNs = System.nanoTime();
            read(reading, 1);
        }
    }

    private void read(CrowdReceiver receiver, int most) throws IOException {
        if (receiver.channel().read(buffer.clear().limit(most)) < 0) {
            throw new IOException("the relay has closed a connection that was at " + receiver.position());
        }
        receiver.take(buffer.flip());
    }

    /** Has the first receiver read nothing any more, and the second one byte a second. */
    void makeTwoSluggish() {
        order(() -> {
            slow = receivers.get(1);
            setInterest(0);
        });
    }

    /** Has both read again as the others do. */
    void makeAllLively() {
        order(() -> {
            slow = null;
            setInterest(SelectionKey.OP_READ);
        });
    }

    private void setInterest(int operations) {
        for (CrowdReceiver receiver : receivers.subList(0, 2)) {
            requireNonNull(receiver.channel().keyFor(selector)).interestOps(operations);
        }
    }

    private void order(Runnable order) {
        orders.add(order);
        selector.wakeup();
    }

    /** Returns whether every one is there and streams. */
    boolean isComplete() {
        requireHealth();
        return receivers.size() == size && loggingIn() == 0;
    }

    /** Returns whether all but the first {@code except} have the WAL before {@code end}. */
    boolean have(Lsn end, int except) {
        requireHealth();
        return receivers.stream()
                .skip(except)
                .noneMatch(receiver -> receiver.position().isBefore(end));
    }

    /** Returns how far the first receiver, the one that may be dead, has come. */
    Lsn positionOfFirst() {
        return receivers.get(0).position();
    }

    /** Returns how many messages of the stream have come to all of them, about. */
    long messages() {
        return receivers.stream().mapToLong(CrowdReceiver::messages).sum();
    }

    private void requireHealth() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError("the crowd has failed: " + cause.getMessage(), cause);
        }
    }

    /** Hangs up, all at once. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(JOIN_MS);
            for (CrowdReceiver receiver : receivers) {
                receiver.channel().close();
            }
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
