// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** Watches that nobody allocates what a length field says. */
final class Allocation {
    /** Far more than any parser needs beside its input, far less than what the cases claim. */
    private static final long LIMIT_BYTES = 2 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {}

    /** Runs {@code work} and checks that this thread allocated little but for {@code inputBytes}. */
    static Answer bounded(long inputBytes, Supplier<Answer> work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Answer answer = work.get();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > LIMIT_BYTES + 8 * inputBytes) {
            return new Answer("allocated %d bytes".formatted(allocated), "", answer.message());
        }
        return answer;
    }
}
