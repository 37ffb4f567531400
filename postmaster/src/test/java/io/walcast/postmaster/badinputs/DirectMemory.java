// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

/** The memory outside of the heap that Netty has in use, in this JVM. */
final class DirectMemory {
    /** Chunks of its arenas, and far less than what the cases claim. */
    static final long LIMIT_BYTES = 48L << 20;

    private DirectMemory() {}

    static long usedBytes() throws ReflectiveOperationException {
        return (long) Class.forName("io.netty.util.internal.PlatformDependent")
                .getMethod("usedDirectMemory")
                .invoke(null);
    }
}
