// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.postmaster.receivewal.UsageException;
import java.util.List;

final class WalDumpOptionsFuzzTest {
    private static final int FIXED_BYTES = 1 << 20;

    /** One argument a line. */
    @FuzzTest
    void makesOptionsOrSaysWhyNot(byte[] bytes) {
        List<String> words = List.of(Input.text(bytes).split("\n", -1));
        ParserContract.parse(bytes.length, FIXED_BYTES, UsageException.class, () -> {
            WalDumpOptions options = WalDumpOptions.parse("walcast waldump", words);
            assertThat(options.start).isNotNull();
            assertThat(options.endSegment == null || options.startSegment != null)
                    .isTrue();
            return options;
        });
    }
}
