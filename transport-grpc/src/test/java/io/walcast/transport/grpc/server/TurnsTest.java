// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Deque<Runnable> pool = new ArrayDeque<>();
    private final Turns turns = new Turns(pool::add);

    @Test
    void goesOnAfterATaskThatThrows() {
        List<String> done = new ArrayList<>();
        turns.execute(() -> {
            throw new IllegalStateException("broken");
        });
        turns.execute(() -> done.add("next"));

        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        turns.execute(() -> done.add("later"));
        pool.remove().run();

        assertThat(done).containsExactly("next", "later");
    }
}
