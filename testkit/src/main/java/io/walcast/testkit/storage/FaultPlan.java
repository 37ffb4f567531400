// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls made so far, and what is to happen at which. Threading: any thread. */
final class FaultPlan {
    private record Rule(Predicate<FileCall> which, Fault fault) {}

    private final Object lock = new Object();
    private final List<FileCall> log = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private Consumer<FileCall> hook = call -> {};
    private Predicate<FileCall> crash = call -> false;
    private boolean crashed;
    private long calls;

    void fail(Predicate<FileCall> which, Fault fault) {
        synchronized (lock) {
            rules.add(new Rule(which, fault));
        }
    }

    void heal() {
        synchronized (lock) {
            rules.clear();
        }
    }

    void crashBefore(Predicate<FileCall> which) {
        synchronized (lock) {
            crash = which;
        }
    }

    void beforeEach(Consumer<FileCall> newHook) {
        synchronized (lock) {
            hook = newHook;
        }
    }

    void stop() {
        synchronized (lock) {
            crash = call -> true;
        }
    }

    List<FileCall> log() {
        synchronized (lock) {
            return List.copyOf(log);
        }
    }

    long calls() {
        synchronized (lock) {
            return calls;
        }
    }

    void note(FileCall note) {
        synchronized (lock) {
            log.add(note);
        }
    }

    /** Numbers and notes a call and says how it is to fail, if it is. The hook may hold it up. */
    @Nullable
    Fault begin(FileCall unnumbered) {
        FileCall call;
        Consumer<FileCall> told;
        synchronized (lock) {
            call = new FileCall(calls + 1, unnumbered.kind(), unnumbered.path(), unnumbered.detail());
            crashed = crashed || crash.test(call);
            if (crashed) {
                throw new SimulatedCrash(call);
            }
            calls++;
            log.add(call);
            told = hook;
        }
        told.accept(call);
        synchronized (lock) {
            return rules.stream()
                    .filter(rule -> rule.which().test(call))
                    .map(Rule::fault)
                    .findFirst()
                    .orElse(null);
        }
    }
}
