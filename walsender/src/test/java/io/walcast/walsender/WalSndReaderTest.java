// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalSndReaderTest {

    @ParameterizedTest
    @CsvSource({
        // start, upto, most, length
        "0/1000000, 0/1000001, 131072, 1",
        "0/1000000, 0/1020000, 131072, 131072",
        "0/1000000, 0/1020001, 131072, 131072",
        "0/1000000, 0/101FFFF, 131072, 131071",
        "0/1000010, 0/1020010, 131072, 131056",
        "0/101F000, 0/1021000, 131072, 4096",
        "0/1000000, 0/1800000, 8192, 8192",
        "0/1000000, 0/1800000, 20000, 16384",
        "0/1000064, 0/1800000, 8192, 8092",
        "0/1000064, 0/1001000, 8192, 3996",
        "0/10FFFFF, 0/1100000, 131072, 1",
        "FFFFFFFF/FFFF0000, FFFFFFFF/FFFFFFFF, 131072, 65535",
    })
    void aChunkEndsAtAPageOrAtTheEnd(String start, String upto, int most, int length) {
        assertThat(WalSndReader.length(Lsn.parse(start), Lsn.parse(upto), most)).isEqualTo(length);
    }

    @Test
    void nothingToSendIsNoChunk() {
        Lsn start = new Lsn(0x100_0000);

        assertThatThrownBy(() -> WalSndReader.length(start, start, 8192)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WalSndReader.length(start, start.plus(1), 8191))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
