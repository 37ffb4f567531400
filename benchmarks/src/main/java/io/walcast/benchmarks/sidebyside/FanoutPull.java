// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Many clients at once that throw away what they get, in one thread. */
final class FanoutPull implements Pull {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long PATIENCE_MS = TimeUnit.SECONDS.toMillis(30);
    private static final double NS_PER_S = 1e9;

    private final WalSource source;
    private final int clients;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    FanoutPull(WalSource source, int clients) {
        this.source = source;
        this.clients = clients;
    }

    @Override
    public void prepare() {}

    @Override
    public double pull(WalServer server) {
        long beganNs = System.nanoTime();
        List<DiscardingClient> open = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            // One after the other: servers limit how many strangers of one address they bear.
            for (int i = 0; i < clients; i++) {
                open.add(DiscardingClient.connect(server.port(), source.start(), source.end()));
            }
            for (DiscardingClient client : open) {
                client.startStreaming(selector);
            }
            awaitAll(selector);
        } catch (IOException e) {
            throw new UncheckedIOException(server.label() + ": " + e.getMessage(), e);
        } finally {
            open.forEach(DiscardingClient::close);
        }
        return (System.nanoTime() - beganNs) / NS_PER_S;
    }

    private void awaitAll(Selector selector) throws IOException {
        int left = clients;
        while (left > 0) {
            if (selector.select(PATIENCE_MS) == 0) {
                throw new MeasurementException(left + " clients got nothing for 30 s");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                DiscardingClient client = (DiscardingClient) key.attachment();
                if (client.read(buffer)) {
                    client.close();
                    left--;
                }
            }
            selector.selectedKeys().clear();
        }
    }

    /** The clients have looked at the positions, byte for byte is the other comparison's business. */
    @Override
    public void verify(WalServer server) {}

    @Override
    public long bytes() {
        return clients * source.end().minus(source.start());
    }

    @Override
    public int clients() {
        return clients;
    }
}
