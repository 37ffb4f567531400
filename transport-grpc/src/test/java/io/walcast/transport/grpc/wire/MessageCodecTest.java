// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.sun.management.ThreadMXBean;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
    private static final int LIMIT = 1 << 20;

    static Stream<MessageCodec> codecs() {
        return Stream.of(
                new MessageCodec(Compression.Method.GZIP, LIMIT, GzipPacker::new, GzipUnpacker::new),
                new MessageCodec(Compression.Method.ZSTD, LIMIT, ZstdPacker::new, ZstdUnpacker::new));
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void givesBackWhatItTook(MessageCodec codec) throws IOException {
        for (int size : new int[] {0, 1, 2, 100, 4096, 131_072 + 43, LIMIT - 1, LIMIT}) {
            for (byte[] message : List.of(random(size), repetitive(size), new byte[size])) {
                for (int level : new int[] {1, 3, 9}) {
                    byte[] packed = pack(codec, message, level);

                    assertThat(codec.decompress(new ByteArrayInputStream(packed))
                                    .readAllBytes())
                            .isEqualTo(message);
                    assertThat(readAtOnce(codec, packed)).isEqualTo(message);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void takesWhatComesInPieces(MessageCodec codec) throws IOException {
        byte[] message = repetitive(100_000);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = codec.compress(packed)) {
            out.write(message[0]);
            out.write(message, 1, 9_999);
            out.write(message, 10_000, 90_000);
        }
        InputStream in = codec.decompress(new OneByteAtATime(packed.toByteArray()));

        assertThat(in.read()).isEqualTo(message[0] & 0xFF);
        assertThat(in.readNBytes(9_999)).isEqualTo(Arrays.copyOfRange(message, 1, 10_000));
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(message, 10_000, 100_000));
        assertThat(in.read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void makesLessOfWhatRepeats(MessageCodec codec) throws IOException {
        byte[] message = repetitive(131_072);

        assertThat(pack(codec, message, 3).length).isLessThan(message.length / 2);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void triesAsHardAsItIsTold(MessageCodec codec) throws IOException {
        byte[] message = repetitive(131_072);

        assertThat(pack(codec, message, 9).length).isLessThan(pack(codec, message, 1).length);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void saysHowLargeAMessageWillBe(MessageCodec codec) throws IOException {
        byte[] packed = pack(codec, repetitive(77_777), 3);

        assertThat(codec.decompress(new ByteArrayInputStream(packed)).available())
                .isEqualTo(77_777);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void refusesAMessageThatIsTooLargeBeforeItIsCompressed(MessageCodec codec) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();

        assertThatThrownBy(() -> {
                    try (OutputStream out = codec.compress(packed)) {
                        out.write(new byte[LIMIT]);
                        out.write(1);
                    }
                })
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        assertThat(codec.open()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void refusesABombWithoutMakingRoomForIt(MessageCodec codec) throws IOException {
        byte[] bomb = bomb(codec.getMessageEncoding());
        assertThat(bomb.length).isLessThan(LIMIT);
        readAtOnce(codec, pack(codec, new byte[LIMIT], 1));

        long before = allocated();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> readAndClose(codec, bomb))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        }

        assertThat(allocated() - before).isLessThan(10L * 4 * LIMIT);
        assertThat(codec.open()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void refusesWhatIsCutShort(MessageCodec codec) throws IOException {
        byte[] packed = pack(codec, repetitive(3000), 3);

        for (int length = 1; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> readAndClose(codec, cut))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("invalid " + codec.getMessageEncoding());
        }
        assertThat(codec.open()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void failsInNoOtherWayWhateverByteIsWrong(MessageCodec codec) throws IOException {
        byte[] packed = pack(codec, repetitive(500), 3);

        for (int at = 0; at < packed.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] wrong = packed.clone();
                wrong[at] = (byte) value;
                try {
                    assertThat(readAndClose(codec, wrong).length).isLessThanOrEqualTo(LIMIT);
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith("invalid ");
                } catch (StatusRuntimeException e) {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                }
            }
        }
        assertThat(codec.open()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void takesNothingForAMessageThatNobodyReads(MessageCodec codec) throws IOException {
        boolean[] closed = {false};
        InputStream source = new ByteArrayInputStream(pack(codec, random(10), 1)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        int before = codec.open();

        codec.decompress(source).close();

        assertThat(closed[0]).isTrue();
        assertThat(codec.open()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void freesWhatAMessageHeldThatWasClosedInTheMiddle(MessageCodec codec) throws IOException {
        byte[] packed = pack(codec, repetitive(100_000), 1);
        int before = codec.open();

        try (InputStream in = codec.decompress(new ByteArrayInputStream(packed))) {
            assertThat(in.read()).isNotNegative();
            assertThat(codec.open()).isEqualTo(before + 1);
        }
        for (int i = 0; i < 100; i++) {
            readAndClose(codec, packed);
            pack(codec, new byte[10], 1);
        }

        assertThat(codec.open()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void keepsNoMoreWorkspacesThanProcessorsWhateverWasInUseAtOnce(MessageCodec codec) throws Exception {
        int threads = 16;
        CyclicBarrier together = new CyclicBarrier(threads);
        byte[] message = repetitive(50_000);
        Callable<Boolean> work = () -> {
            together.await(20, TimeUnit.SECONDS);
            boolean isSame = true;
            for (int i = 0; i < 20; i++) {
                isSame &= Arrays.equals(message, readAtOnce(codec, pack(codec, message, 1)));
            }
            return isSame;
        };

        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (Future<Boolean> result : pool.invokeAll(
                    IntStream.range(0, threads).mapToObj(i -> work).toList())) {
                assertThat(result.get(20, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }

        int kept = Math.max(2, Runtime.getRuntime().availableProcessors());
        assertThat(codec.open()).isLessThanOrEqualTo(2 * kept);
    }

    @Test
    void readsGzipOfOtherMakers() throws IOException {
        byte[] message = repetitive(200_000);
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(other)) {
            out.write(message);
        }
        byte[] plain = other.toByteArray();
        ByteArrayOutputStream adorned = new ByteArrayOutputStream();
        adorned.write(new byte[] {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 0, 2, 0, 'a', 'b'});
        adorned.write("name\0comment\0".getBytes(ISO_8859_1));
        adorned.write(new byte[] {0, 0});
        adorned.write(plain, 10, plain.length - 10);

        assertThat(readAndClose(MessageCodec.GZIP, plain)).isEqualTo(message);
        assertThat(readAndClose(MessageCodec.GZIP, adorned.toByteArray())).isEqualTo(message);
    }

    @Test
    void readsSeveralGzipMembersAsOneMessage() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(pack(MessageCodec.GZIP, repetitive(100), 1));
        both.write(pack(MessageCodec.GZIP, repetitive(70), 1));

        byte[] message = readAndClose(MessageCodec.GZIP, both.toByteArray());

        assertThat(message).startsWith(repetitive(100)).endsWith(repetitive(70)).hasSize(170);
    }

    @Test
    void writesGzipThatOthersRead() throws IOException {
        byte[] message = repetitive(200_000);

        InputStream other = new GZIPInputStream(new ByteArrayInputStream(pack(MessageCodec.GZIP, message, 6)));

        assertThat(other.readAllBytes()).isEqualTo(message);
    }

    @Test
    void readsZstdThatDoesNotSayHowLargeItIs() throws IOException {
        for (int size : new int[] {1, 1000, 300_000, LIMIT}) {
            byte[] message = repetitive(size);
            ByteArrayOutputStream other = new ByteArrayOutputStream();
            try (OutputStream out = new ZstdOutputStreamNoFinalizer(other, 3)) {
                out.write(message);
            }

            assertThat(readAndClose(MessageCodec.ZSTD, other.toByteArray())).isEqualTo(message);
            assertThat(readAtOnce(MessageCodec.ZSTD, other.toByteArray())).isEqualTo(message);
        }
    }

    /** 2 GB of zeros, at 1000:1 or better. */
    private static byte[] bomb(String encoding) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        byte[] zeros = new byte[LIMIT];
        int times = encoding.equals("gzip") ? 900 : 2048;
        try (OutputStream out =
                encoding.equals("gzip") ? new GZIPOutputStream(bomb) : new ZstdOutputStreamNoFinalizer(bomb, 1)) {
            for (int i = 0; i < times; i++) {
                out.write(zeros);
            }
        }
        return bomb.toByteArray();
    }

    private static byte[] pack(MessageCodec codec, byte[] message, int level) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = codec.compress(packed)) {
            ((PackedMessage) out).level(level);
            out.write(message);
        }
        return packed.toByteArray();
    }

    private static byte[] readAndClose(MessageCodec codec, byte[] packed) throws IOException {
        try (InputStream in = codec.decompress(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }

    private static byte[] readAtOnce(MessageCodec codec, byte[] packed) throws IOException {
        try (InputStream in = codec.decompress(new ByteArrayInputStream(packed))) {
            byte[] message = new byte[LIMIT];
            int count = in.read(message);
            assertThat(in.read()).isEqualTo(-1);
            return Arrays.copyOf(message, Math.max(0, count));
        }
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    private static byte[] repetitive(int size) {
        byte[] bytes = new byte[size];
        byte[] words = random(4096);
        Random random = new Random(7);
        for (int at = 0; at < size; ) {
            int word = random.nextInt(words.length - 64);
            int length = Math.min(size - at, 8 + random.nextInt(56));
            System.arraycopy(words, word, bytes, at, length);
            at += length;
        }
        return bytes;
    }

    /** What comes over the network comes in pieces. */
    private static final class OneByteAtATime extends ByteArrayInputStream {
        OneByteAtATime(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(1, length));
        }
    }
}
