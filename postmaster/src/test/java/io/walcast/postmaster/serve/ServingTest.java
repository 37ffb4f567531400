// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.Lsn;
import io.walcast.core.PgTimestamp;
import io.walcast.ipc.StatReplicationRow;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServingTest {
    private static final Lsn END = Lsn.parse("0/9000000");

    @Test
    void keepsWalForEveryOpenSessionWithASlotOrNot() {
        StatReplicationRow idle = row(null, null);
        StatReplicationRow fresh = row("0/5000000", "slot_without_wal");
        StatReplicationRow without = row("0/6000000", null);

        assertThat(Serving.oldestSent(List.of(idle), END, -1)).isEqualTo(Lsn.INVALID);
        assertThat(Serving.oldestSent(List.of(idle, without, fresh), END, -1)).hasToString("0/5000000");
        assertThat(Serving.oldestSent(List.of(without, idle), END, -1)).hasToString("0/6000000");
    }

    @Test
    void keepsNoMoreForASlowSessionThanForASlot() {
        List<StatReplicationRow> slow = List.of(row("0/1000000", null), row("0/8000000", null));

        assertThat(Serving.oldestSent(slow, END, 0x2000000)).hasToString("0/7000000");
        assertThat(Serving.oldestSent(slow, END, 0x8000000)).hasToString("0/1000000");
        assertThat(Serving.oldestSent(slow, END, 1L << 40)).hasToString("0/1000000");
        assertThat(Serving.oldestSent(List.of(row("0/9000001", null)), END, 0)).hasToString("0/9000001");
    }

    private static StatReplicationRow row(@Nullable String sent, @Nullable String slot) {
        return new StatReplicationRow(
                1,
                "rep",
                "standby",
                null,
                PgTimestamp.NONE,
                null,
                "streaming",
                sent == null ? null : Lsn.parse(sent),
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                "async",
                null,
                slot,
                "libpq",
                false);
    }
}
