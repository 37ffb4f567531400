// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.walcast.transport.grpc.LeakRecorder;
import io.walcast.transport.grpc.v1.Ready;
import io.walcast.transport.grpc.v1.SessionRequest;
import io.walcast.transport.grpc.v1.SessionResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends over a socket, with gRPC's own buffers. */
@Timeout(60)
class SessionMethodIT {
    /** Tells of every stream that is cut. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private static final int CHUNKS = 40;
    private static final int CHUNK_BYTES = 131_072;

    private final Queue<FakeChunk> sent = new ConcurrentLinkedQueue<>();
    private final AtomicReference<PermittedCompression> permitted = new AtomicReference<>(PermittedCompression.DEFAULT);
    private Server server;

    @BeforeEach
    void start() throws IOException {
        GRPC.setLevel(Level.OFF);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .compressorRegistry(Compression.compressors(true))
                .decompressorRegistry(Compression.NONE.decompressors())
                .addService(ServerServiceDefinition.builder("walcast.replication.v1.Replication")
                        .addMethod(ServerMethodDefinition.create(SessionMethod.SERVED, this::serve))
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        GRPC.setLevel(null);
        server.shutdownNow();
        assertThat(server.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        LeakRecorder.assertNothingLeaked();
    }

    @ParameterizedTest
    @CsvSource({
        "none, identity",
        "gzip:1, gzip",
        "zstd, zstd",
        "zstd:level=9, zstd",
    })
    void carriesWalCompressedAsAsked(String wanted, String encoding) {
        try (Client client = new Client(Compression.parse(wanted), Integer.MAX_VALUE)) {
            client.awaitEnd();

            assertThat(client.encoding.get()).isEqualTo(encoding);
            assertThat(client.frames.get(0)).isInstanceOf(ReceivedFrame.Message.class);
            assertThat(client.frames.subList(1, 1 + CHUNKS))
                    .allSatisfy(frame -> assertThat(frame)
                            .isInstanceOf(encoding.equals("identity") ? LentWal.class : CopiedWal.class));
            assertThat(client.wal()).isEqualTo(all());
            assertThat(sent)
                    .hasSize(CHUNKS)
                    .allSatisfy(chunk -> assertThat(chunk.closed()).isOne());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void goesWithoutWhatIsNotPermitted(String wanted) {
        permitted.set(PermittedCompression.parse("none", 9));
        try (Client client = new Client(Compression.parse(wanted), Integer.MAX_VALUE)) {
            client.awaitEnd();

            assertThat(client.encoding.get()).isEqualTo("identity");
            assertThat(client.wal()).isEqualTo(all());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip:1", "zstd"})
    void givesEveryChunkBackWhenTheClientGoesInTheMiddle(String wanted) {
        try (Client client = new Client(Compression.parse(wanted), 3)) {
            await().until(() -> client.frames.size() == 3);
            client.call.cancel("enough", null);
            client.awaitEnd();
        }

        await().untilAsserted(() -> assertThat(sent)
                .hasSize(CHUNKS)
                .allSatisfy(chunk -> assertThat(chunk.closed()).isOne()));
    }

    private ServerCall.Listener<SessionRequest> serve(ServerCall<SessionRequest, SentFrame> call, Metadata headers) {
        Compression compression = requireNonNull(permitted.get()).answer(headers.get(Compression.WANTED));
        if (compression.method() != Compression.Method.NONE) {
            call.setCompression(compression.method().encoding());
        }
        call.sendHeaders(new Metadata());
        call.setMessageCompression(false);
        call.sendMessage(new SentFrame.Message(SessionResponse.newBuilder()
                .setReady(Ready.getDefaultInstance())
                .build()));
        call.setMessageCompression(true);
        for (int i = 0; i < CHUNKS; i++) {
            FakeChunk chunk = new FakeChunk(data(i));
            sent.add(chunk);
            call.sendMessage(new SentFrame.Wal(chunk, compression.level()));
        }
        call.close(Status.OK, new Metadata());
        return new ServerCall.Listener<>() {};
    }

    private static byte[] data(int seed) {
        byte[] bytes = new byte[CHUNK_BYTES - seed];
        new Random(seed).nextBytes(bytes);
        Arrays.fill(bytes, 1000, 100_000, (byte) seed);
        return bytes;
    }

    private static byte[] all() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < CHUNKS; i++) {
            all.writeBytes(data(i));
        }
        return all.toByteArray();
    }

    /** Takes so many messages and keeps them. */
    private final class Client extends ClientCall.Listener<ReceivedFrame> implements AutoCloseable {
        private final List<ReceivedFrame> frames = new CopyOnWriteArrayList<>();
        private final AtomicReference<String> encoding = new AtomicReference<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final ManagedChannel channel;
        private final ClientCall<SessionRequest, ReceivedFrame> call;

        Client(Compression compression, int messages) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                    .usePlaintext()
                    .compressorRegistry(Compression.compressors(false))
                    .decompressorRegistry(compression.decompressors())
                    .maxInboundMessageSize(SessionMethod.MAX_RESPONSE_BYTES)
                    .build();
            Metadata headers = new Metadata();
            headers.put(Compression.WANTED, compression.toString());
            call = channel.newCall(SessionMethod.CALLED, CallOptions.DEFAULT);
            call.start(this, headers);
            call.request(messages);
            call.halfClose();
        }

        @Override
        public void onHeaders(Metadata headers) {
            encoding.set(headers.get(Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER)));
        }

        @Override
        public void onMessage(ReceivedFrame frame) {
            frames.add(frame);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.countDown();
        }

        void awaitEnd() {
            try {
                assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        byte[] wal() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (ReceivedFrame frame : frames) {
                if (frame instanceof ReceivedFrame.Wal wal) {
                    for (ByteBuffer piece = wal.nextPiece(); piece != null; piece = wal.nextPiece()) {
                        byte[] bytes = new byte[piece.remaining()];
                        piece.get(bytes);
                        all.writeBytes(bytes);
                    }
                }
            }
            return all.toByteArray();
        }

        @Override
        public void close() {
            frames.forEach(ReceivedFrame::release);
            channel.shutdownNow();
            try {
                assertThat(channel.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
