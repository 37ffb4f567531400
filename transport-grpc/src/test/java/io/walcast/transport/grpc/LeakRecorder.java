// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Remembers every buffer that was collected without having been released. The module's tests run with it in place of
 * Netty's own detector (system property {@code io.netty.customResourceLeakDetector}), which would only log.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final int BUFFERS_TO_NOTICE = 16;

    /** Makes one; called by Netty. */
    @SuppressWarnings("deprecation") // the superclass has no other constructor for this
    public LeakRecorder(Class<?> resourceType, int samplingInterval, long maxActive) {
        super(resourceType, 1, maxActive);
    }

    /** Makes one; called by Netty. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval) {
        super(resourceType, 1);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        LEAKS.add(resourceType);
    }

    /** Fails if a buffer was lost. */
    public static void assertNothingLeaked() {
        assertNothingLeaked("nobody at all");
    }

    /**
     * Fails if a buffer was lost whose trace does not name {@code exempt}; those that do are forgotten. The detector looks
     * only when others are allocated.
     */
    public static void assertNothingLeaked(String exempt) {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        System.gc();
        for (int i = 0; i < BUFFERS_TO_NOTICE; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        }
        LEAKS.removeIf(leak -> leak.contains(exempt));
        assertThat(LEAKS).isEmpty();
    }
}
