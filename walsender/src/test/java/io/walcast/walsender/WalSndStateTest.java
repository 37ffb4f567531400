// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static io.walcast.walsender.WalSndState.CATCHUP;
import static io.walcast.walsender.WalSndState.STARTUP;
import static io.walcast.walsender.WalSndState.STOPPING;
import static io.walcast.walsender.WalSndState.STREAMING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WalSndStateTest {
    private static final Map<WalSndState, Set<WalSndState>> MOVES = Map.of(
            STARTUP, EnumSet.of(CATCHUP),
            CATCHUP, EnumSet.of(STREAMING, STOPPING, STARTUP),
            STREAMING, EnumSet.of(STOPPING, STARTUP),
            STOPPING, EnumSet.noneOf(WalSndState.class));

    @Test
    void movesAreThese() {
        for (WalSndState from : WalSndState.values()) {
            for (WalSndState to : WalSndState.values()) {
                assertThat(from.canMoveTo(to))
                        .as("%s -> %s", from, to)
                        .isEqualTo(MOVES.getOrDefault(from, Set.of()).contains(to));
            }
        }
    }

    @Test
    void wordsArePostgresqls() {
        assertThat(WalSndState.values())
                .extracting(WalSndState::text)
                .containsExactly("startup", "catchup", "streaming", "stopping");
    }
}
