// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.ipc.WalRcvState;
import io.walcast.ipc.WalRcvStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void namesTheStateWhileNothingStreams() {
        assertThat(new ProgressLine(true).of(status(WalRcvState.CONNECTING, null, null, null), 0))
                .isEqualTo("connecting");
    }

    @Test
    void showsPositionRateAndLagOfWhatIsDurable() {
        ProgressLine line = new ProgressLine(true);
        line.of(streaming("0/1000000", "0/1000000", "0/1000000"), 0);

        assertThat(line.of(streaming("0/1300000", "0/1200000", "0/1400000"), SECOND_NS))
                .isEqualTo("0/1300000  3.0 MB/s  lag 2.0 MB, 0.0 s");
        assertThat(line.of(streaming("0/1400000", "0/1300000", "0/1400000"), 2 * SECOND_NS))
                .isEqualTo("0/1400000  2.0 MB/s  lag 1.0 MB, 1.0 s");
        assertThat(line.of(streaming("0/1400000", "0/1400000", "0/1400000"), 4 * SECOND_NS))
                .isEqualTo("0/1400000  341.3 kB/s  lag 0 B, 0.0 s");
    }

    @Test
    void showsTheLagOfWhatIsWrittenOtherwise() {
        assertThat(new ProgressLine(false).of(streaming("0/1300000", "0/1000000", "0/1300000"), 0))
                .isEqualTo("0/1300000  0 B/s  lag 0 B, 0.0 s");
    }

    @Test
    void startsTheRateAgainWhenThePositionGoesBack() {
        ProgressLine line = new ProgressLine(false);
        line.of(streaming("0/2000000", null, "0/2000000"), 0);

        assertThat(line.of(streaming("0/1000000", null, "0/2000000"), SECOND_NS))
                .contains("0 B/s");
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.0 kB", "1536,1.5 kB", "1048576,1.0 MB", "5e12,4.5 TB", "5e16,45474.7 TB"
    })
    void takesTheUnitThatFits(double bytes, String text) {
        assertThat(ProgressLine.bytes(bytes)).isEqualTo(text);
    }

    private static WalRcvStatus streaming(String written, @Nullable String flushed, String serverEnd) {
        return status(
                WalRcvState.STREAMING,
                Lsn.parse(written),
                flushed == null ? null : Lsn.parse(flushed),
                Lsn.parse(serverEnd));
    }

    private static WalRcvStatus status(
            WalRcvState state, @Nullable Lsn written, @Nullable Lsn flushed, @Nullable Lsn serverEnd) {
        return new WalRcvStatus(
                1L, state, null, null, written, flushed, null, null, null, serverEnd, null, null, null, null, null);
    }
}
