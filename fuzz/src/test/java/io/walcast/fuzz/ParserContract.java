// SPDX-License-Identifier: Apache-2.0
package io.walcast.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What every parser owes whatever it is given: a value or the exception that its Javadoc names, with a message that says
 * something and is not much longer than the input; and memory in proportion to the bytes at hand, never to a length that
 * they claim.
 *
 * <p>Stateless.
 */
public final class ParserContract {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What a parser may use for an empty input: buffers of a fixed size, an exception with its stack trace. */
    private static final long FIXED_BYTES = 256 << 10;

    private static final int BYTES_FOR_EACH_OF_INPUT = 512;
    private static final int TRIES = 5;
    private static final int MESSAGE_CHARACTERS = 1000;
    private static final int MESSAGE_CHARACTERS_FOR_EACH_OF_INPUT = 6;

    private ParserContract() {}

    /**
     * Returns what {@code parser} makes of its input, or empty if it refuses it.
     *
     * @param inputBytes the length of the input
     * @param refusal the exception by which it may refuse; any other is a finding
     * @param parser parses from the beginning each time it is called
     */
    public static <T> Optional<T> parse(int inputBytes, Class<? extends RuntimeException> refusal, Supplier<T> parser) {
        return parse(inputBytes, FIXED_BYTES, refusal, parser);
    }

    /** Does the same for a parser that needs {@code fixedBytes} whatever it is given. */
    public static <T> Optional<T> parse(
            int inputBytes, long fixedBytes, Class<? extends RuntimeException> refusal, Supplier<T> parser) {
        long limit = fixedBytes + (long) inputBytes * BYTES_FOR_EACH_OF_INPUT;
        Optional<T> parsed = Optional.empty();
        long allocated = Long.MAX_VALUE;
        // A call may load classes, or be the one in which Jazzer writes something down; all of them are not.
        for (int i = 0; i < TRIES && allocated > limit; i++) {
            long before = allocatedBytes();
            parsed = valueOrRefusal(inputBytes, refusal, parser);
            allocated = Math.min(allocated, allocatedBytes() - before);
        }
        assertThat(allocated)
                .as("bytes allocated for an input of %d", inputBytes)
                .isLessThanOrEqualTo(limit);
        return parsed;
    }

    private static <T> Optional<T> valueOrRefusal(
            int inputBytes, Class<? extends RuntimeException> refusal, Supplier<T> parser) {
        try {
            return Optional.of(parser.get());
        } catch (RuntimeException e) {
            if (!refusal.isInstance(e)) {
                throw e;
            }
            assertThat(e.getMessage())
                    .as("message of %s", e.getClass().getName())
                    .isNotBlank()
                    .hasSizeLessThanOrEqualTo(MESSAGE_CHARACTERS + inputBytes * MESSAGE_CHARACTERS_FOR_EACH_OF_INPUT);
            return Optional.empty();
        }
    }

    private static long allocatedBytes() {
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
