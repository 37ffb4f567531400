// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.PgTimestamp;
import io.walcast.ipc.Clock;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
    private static final InetAddress SOMEWHERE = InetAddress.getLoopbackAddress();

    private final AtomicLong nowNs = new AtomicLong();
    private final FailedLogins logins = new FailedLogins(new Clock() {
        @Override
        public long nanoTime() {
            return nowNs.get();
        }

        @Override
        public PgTimestamp now() {
            return new PgTimestamp(0);
        }
    });

    @Test
    void waitsTwiceAsLongEachTimeUpToFiveSeconds() {
        List<Long> delaysMs = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            delaysMs.add(logins.failed(SOMEWHERE));
        }

        assertThat(delaysMs).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
    }

    @Test
    void startsOverAfterASuccessAndAfterAMinute() {
        logins.failed(SOMEWHERE);
        logins.failed(SOMEWHERE);
        logins.succeeded(SOMEWHERE);
        assertThat(logins.failed(SOMEWHERE)).isEqualTo(100);

        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(61));
        assertThat(logins.failed(SOMEWHERE)).isEqualTo(100);
    }

    @Test
    void remembersTheLatestOnly() throws Exception {
        logins.failed(SOMEWHERE);
        for (int i = 0; i < FailedLogins.ADDRESSES; i++) {
            logins.failed(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }

        assertThat(logins.failed(SOMEWHERE)).isEqualTo(100);
    }
}
