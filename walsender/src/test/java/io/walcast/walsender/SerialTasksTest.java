// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class SerialTasksTest {
    private final Deque<Runnable> queued = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();

    @Test
    void oneIsWorkedOnAtATimeInOrder() {
        SerialTasks tasks = new SerialTasks(queued::add);
        tasks.execute(() -> {
            tasks.execute(() -> done.add("third"));
            done.add("first");
        });
        tasks.execute(() -> done.add("second"));
        assertThat(queued).as("one turn of the executor").hasSize(1);

        queued.remove().run();

        assertThat(done).containsExactly("first", "second", "third");
        tasks.execute(() -> done.add("fourth"));
        queued.remove().run();
        assertThat(done).endsWith("fourth");
    }

    @Test
    void areIdleWhenAllHaveBeenDone() {
        SerialTasks tasks = new SerialTasks(queued::add);
        assertThat(tasks.isIdle()).isTrue();

        tasks.execute(() -> done.add(tasks.isIdle() ? "idle" : "at work"));
        assertThat(tasks.isIdle()).isFalse();
        queued.remove().run();

        assertThat(done).containsExactly("at work");
        assertThat(tasks.isIdle()).isTrue();
    }

    @Test
    void whenTheExecutorHasEndedTheCallerDoesIt() {
        SerialTasks tasks = new SerialTasks(task -> {
            throw new RejectedExecutionException("ended");
        });
        tasks.execute(() -> done.add("first"));
        tasks.execute(() -> done.add("second"));
        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void aTaskThatFailsKeepsNoOtherFromBeingDone() {
        SerialTasks tasks = new SerialTasks(queued::add);
        tasks.execute(() -> {
            throw new IllegalStateException("bug");
        });
        tasks.execute(() -> done.add("second"));
        queued.remove().run();
        tasks.execute(() -> done.add("third"));
        queued.remove().run();

        assertThat(done).containsExactly("second", "third");
    }
}
