// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static io.walcast.walsender.WalSndReadAhead.PIECE_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.storage.ServedSegment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalSndReadAheadTest {
    private static final long WARM_NS = 1_000;

    private final WalSndReadAhead ahead = new WalSndReadAhead(16 * PIECE_BYTES, WARM_NS);

    @Test
    void aRunEndsAtTheNextFourMegabytes() {
        assertThat(WalSndReadAhead.endOfRun(0)).isEqualTo(4 * PIECE_BYTES);
        assertThat(WalSndReadAhead.endOfRun(3)).isEqualTo(4 * PIECE_BYTES);
        assertThat(WalSndReadAhead.endOfRun(4)).isEqualTo(8 * PIECE_BYTES);
    }

    @Test
    void nobodyReadsWhatAnotherReadsOrWhatIsWarm() {
        assertThat(ahead.begin(2 * PIECE_BYTES, 3 * PIECE_BYTES, 0)).isEqualTo(3 * PIECE_BYTES);

        assertThat(ahead.begin(0, 4 * PIECE_BYTES, 0)).isEqualTo(2 * PIECE_BYTES);
        assertThat(ahead.begin(0, 4 * PIECE_BYTES, 0)).isZero();

        ahead.end(0, PIECE_BYTES, 0);
        ahead.failed(1);
        assertThat(ahead.begin(0, 4 * PIECE_BYTES, WARM_NS - 1)).isZero();
        assertThat(ahead.begin(PIECE_BYTES, 4 * PIECE_BYTES, WARM_NS - 1)).isEqualTo(2 * PIECE_BYTES);
        assertThat(ahead.begin(0, 4 * PIECE_BYTES, WARM_NS)).isEqualTo(PIECE_BYTES);
    }

    @Test
    void aPieceThatHasGrownIsReadAgain() {
        assertThat(ahead.begin(0, 100, 0)).isEqualTo(100);
        ahead.end(0, 100, 0);

        assertThat(ahead.isWarm(0, 100, 0)).isTrue();
        assertThat(ahead.begin(0, 200, 0)).isEqualTo(200);
    }

    @Test
    void readsAsFarAsTheFileGoes(@TempDir Path directory) throws IOException {
        Path path = Files.write(directory.resolve("segment"), new byte[3 * PIECE_BYTES / 2]);
        try (FileChannel channel = FileChannel.open(path)) {
            ServedSegment file = new OpenedFile(channel);

            assertThat(WalSndReadAhead.read(file, 0, PIECE_BYTES)).isEqualTo(PIECE_BYTES);
            assertThat(WalSndReadAhead.read(file, PIECE_BYTES, 2 * PIECE_BYTES)).isEqualTo(3 * PIECE_BYTES / 2);
            assertThat(WalSndReadAhead.read(file, 2 * PIECE_BYTES, 3 * PIECE_BYTES))
                    .isEqualTo(2 * PIECE_BYTES);
            assertThat(channel.position()).isZero();
        }
    }

    /** A file whose bytes nobody needs. */
    private record OpenedFile(@Nullable FileChannel channel) implements ServedSegment {
        @Override
        public int read(ByteBuffer into, long offset) {
            throw new AssertionError("read at " + offset);
        }

        @Override
        public void close() {}
    }
}
