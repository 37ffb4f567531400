// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.walcast.testkit.service.ScriptedService;
import io.walcast.transport.ListenOptions;
import io.walcast.transport.Listener;
import io.walcast.transport.Reply;
import io.walcast.transport.Reply.Column;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A listener with a scripted service behind it; when it is closed nothing may be lost, and no call may have overlapped. */
final class ServerUnderTest implements AutoCloseable {
    static final String SYSTEM = "7000000000000000007";

    final ScriptedService service = new ScriptedService();
    final ListenOptions options;
    final Listener listener;
    private final List<ManagedChannel> channels = new ArrayList<>();

    private ServerUnderTest(ListenOptions options) {
        service.onCommand((session, command, reply) -> identity(reply));
        this.options = options;
        listener = new GrpcSenderTransport().listen(options, service);
    }

    static ListenOptions anyPort() {
        return ListenOptions.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    static ServerUnderTest start(ListenOptions options) {
        return new ServerUnderTest(options);
    }

    /** Answers as a server does that is asked who it is. */
    static void identity(Reply reply) {
        rows(
                reply,
                "IDENTIFY_SYSTEM",
                List.of("systemid", "timeline", "xlogpos", "dbname"),
                SYSTEM,
                "3",
                "0/5000060",
                null);
    }

    /** Answers with one row of text. */
    static void rows(Reply reply, String tag, List<String> columns, @Nullable String... values) {
        reply.rowDescription(columns.stream().map(Column::text).toList());
        List<byte @Nullable []> row = new ArrayList<>();
        for (String value : values) {
            row.add(value == null ? null : value.getBytes(UTF_8));
        }
        reply.dataRow(row);
        reply.commandComplete(tag);
        reply.ready();
    }

    /** Returns a channel that is closed with this. */
    ManagedChannel channel(Function<InetSocketAddress, ManagedChannel> how) {
        ManagedChannel channel = how.apply(listener.address());
        channels.add(channel);
        return channel;
    }

    ManagedChannel plain() {
        return channel(Standbys::plain);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        listener.close();
        assertThat(service.complaints()).isEmpty();
        Standbys.assertServerLeaksNothing();
    }
}
