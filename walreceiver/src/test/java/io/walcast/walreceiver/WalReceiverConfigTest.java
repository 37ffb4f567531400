// SPDX-License-Identifier: Apache-2.0
package io.walcast.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.storage.SegmentCompression;
import io.walcast.transport.ConnectOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WalReceiverConfigTest {
    private final WalReceiverConfig defaults = WalReceiverConfig.of("host=db password=secret", Path.of("wal"));

    @Test
    void hasTheDefaultsOfAReceiverThatAServerMayWaitFor() {
        assertThat(defaults)
                .isEqualTo(new WalReceiverConfig(
                        "host=db password=secret",
                        Path.of("wal"),
                        null,
                        false,
                        FlushPolicy.EVERY_BURST,
                        true,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        null,
                        null,
                        "walcast",
                        ConnectOptions.Policy.LIBPQ,
                        ConnectOptions.DEFAULT_WINDOW_BYTES,
                        System.getenv(),
                        null,
                        null,
                        Verification.NONE));
    }

    @Test
    void changesOneThingAtATime() {
        assertThat(defaults.withSlot("s").slot()).isEqualTo("s");
        assertThat(defaults.withSlot("s").createSlot()).isFalse();
        assertThat(defaults.withCreatedSlot("s").createSlot()).isTrue();
        assertThat(defaults.withFlush(FlushPolicy.NONE, false).flushPolicy()).isEqualTo(FlushPolicy.NONE);
        assertThat(defaults.withFlush(FlushPolicy.NONE, false).reportFlush()).isFalse();
        assertThat(defaults.withStatusInterval(Duration.ZERO).statusInterval()).isZero();
        assertThat(defaults.withReceiveTimeout(Duration.ZERO).receiveTimeout()).isZero();
        assertThat(defaults.withConnectTimeout(Duration.ZERO).connectTimeout()).isZero();
        assertThat(defaults.withEndPosition(new Lsn(5)).endPosition()).isEqualTo(new Lsn(5));
        assertThat(defaults.withApplicationName("a").applicationName()).isEqualTo("a");
        assertThat(defaults.withPolicy(ConnectOptions.Policy.STRICT).policy()).isEqualTo(ConnectOptions.Policy.STRICT);
        assertThat(defaults.withEnvironment(Map.of("PGHOST", "x")).environment())
                .containsExactly(Map.entry("PGHOST", "x"));
        assertThat(defaults.withVerification(Verification.STOP).verification()).isEqualTo(Verification.STOP);
        assertThat(defaults.withPasswordPrompt(user -> null).passwordPrompt()).isNotNull();
        SegmentCompression gzip = SegmentCompression.gzip(1);
        assertThat(defaults.withCompression(gzip).compression()).isEqualTo(gzip);
        assertThat(defaults.withCompression(gzip).withSlot("s").compression()).isEqualTo(gzip);
        assertThat(defaults.withApplicationName("a").conninfo()).isEqualTo(defaults.conninfo());
    }

    @Test
    void refusesToVerifyWhatIsCompressed() {
        WalReceiverConfig verifying = defaults.withVerification(Verification.WARN);

        assertThatThrownBy(() -> verifying.withCompression(SegmentCompression.gzip(1)))
                .hasMessageContaining("expected: NONE, as segments are compressed");
    }

    @Test
    void refusesATimeBeforeZero() {
        assertThatThrownBy(() -> defaults.withStatusInterval(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("statusInterval: PT-1S (expected: 0 or more)");
    }

    @Test
    void showsNoSecret() {
        assertThat(defaults.toString()).doesNotContain("secret");
    }
}
