// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.libpq.LeakRecorder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A listener on the loopback with the fake service behind it; when it is closed nothing may be leased or lost. */
final class ServerUnderTest implements AutoCloseable {
    static final int WAL_BYTES = 3_000_001;

    final FakeWal wal;
    final FakeService service;
    final ListenOptions options;
    final Listener listener;

    private ServerUnderTest(FakeWal wal, ListenOptions options) {
        this.wal = wal;
        this.service = new FakeService(wal);
        this.options = options;
        this.listener = new LibpqSenderTransport().listen(options, service);
    }

    static ListenOptions anyPort() {
        return ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static ServerUnderTest start(Path directory) {
        return start(directory, anyPort());
    }

    static ServerUnderTest start(Path directory, ListenOptions options) {
        return new ServerUnderTest(FakeWal.create(directory, WAL_BYTES), options);
    }

    FrontendClient connect() throws IOException {
        return FrontendClient.connect(listener.address());
    }

    FakeSession session() {
        return service.sessions.get(service.sessions.size() - 1);
    }

    /** Returns where it listens, as a conninfo. */
    String conninfo() {
        return "host=localhost hostaddr=127.0.0.1 port=%d user=rep dbname=replication "
                .formatted(listener.address().getPort());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        assertThat(wal.leased).hasValue(0);
        wal.close();
        LeakRecorder.assertNothingLeaked();
    }
}
