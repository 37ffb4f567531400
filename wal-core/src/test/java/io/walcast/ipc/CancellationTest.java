// SPDX-License-Identifier: Apache-2.0
package io.walcast.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.CanceledException;
import io.walcast.core.error.SqlState;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger told = new AtomicInteger();

    @Test
    void letsWorkGoOnUntilItIsRequested() {
        assertThat(cancellation.isRequested()).isFalse();
        assertThatCode(() -> cancellation.check("connect")).doesNotThrowAnyException();

        cancellation.request();

        assertThat(cancellation.isRequested()).isTrue();
        assertThatThrownBy(() -> cancellation.check("connect"))
                .isInstanceOfSatisfying(
                        CanceledException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.QUERY_CANCELED))
                .hasMessage("connect: canceled on request");
    }

    @Test
    void tellsEachListenerOnce() {
        cancellation.onRequest(told::incrementAndGet);

        cancellation.request();
        cancellation.request();

        assertThat(told).hasValue(1);
    }

    @Test
    void tellsALateListenerAtOnce() {
        cancellation.request();

        cancellation.onRequest(told::incrementAndGet).close();

        assertThat(told).hasValue(1);
    }

    @Test
    void forgetsAListenerThatLeft() {
        cancellation.onRequest(told::incrementAndGet).close();

        cancellation.request();

        assertThat(told).hasValue(0);
    }
}
