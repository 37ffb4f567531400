// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeerLogTest {
    @Test
    void showsNothingThatATerminalOrALogReaderWouldObey() {
        assertThat(PeerLog.printable("a\nFATAL: b\u001b[2J\u0085\u2028é"))
                .isEqualTo("a\\u000aFATAL: b\\u001b[2J\\u0085\\u2028é");
        assertThat(PeerLog.printable("x".repeat(600))).hasSize(515).endsWith("...");
    }
}
