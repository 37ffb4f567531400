// SPDX-License-Identifier: Apache-2.0
package io.walcast.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes is a command, SQL, or a {@link ServerErrorException}, and soon. */
final class HostileCommandsTest {
    private static final int ROUNDS = 50_000;
    private static final String ALPHABET = "AaFf09_$/.,;()'\" \t\u000b\n-\\\u00e9\u20ac";

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void survivesEveryTruncation(int major) {
        for (ServerAnswers.Row row : ServerAnswers.load()) {
            byte[] text = row.text();
            for (int length = 0; length < text.length; length++) {
                attempt(Arrays.copyOf(text, length), major);
            }
        }
    }

    @Test
    void survivesEveryByteInThePlaceOfEveryOther() {
        for (String sample : samples()) {
            byte[] text = sample.getBytes(UTF_8);
            for (int at = 0; at < text.length; at++) {
                byte[] changed = text.clone();
                for (int b = 0; b < 256; b++) {
                    changed[at] = (byte) b;
                    attempt(changed, 18);
                }
            }
        }
    }

    private static List<String> samples() {
        return List.of(
                "SHOW a.\"b\";",
                "START_REPLICATION SLOT s PHYSICAL 0/1000000 TIMELINE 1",
                "START_REPLICATION SLOT s LOGICAL 0/0 (a 'b''c', d)",
                "CREATE_REPLICATION_SLOT s TEMPORARY LOGICAL p (SNAPSHOT 'use', TWO_PHASE 1)",
                "BASE_BACKUP (LABEL 'x', MAX_RATE 100, MANIFEST yes)");
    }

    @Test
    void survivesRandomBytes() {
        Random random = new Random(42);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] text = new byte[random.nextInt(40)];
            random.nextBytes(text);
            attempt(text, 14 + random.nextInt(5));
        }
    }

    @Test
    void survivesRandomTokens() {
        Random random = new Random(42);
        List<String> words = Stream.concat(
                        Arrays.stream(Keyword.values()).map(Enum::name),
                        Stream.of("0/1", "1", "0", "'x'", "\"X\"", "(", ")", ",", ";", ".", "snapshot", "failover"))
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(10); n >= 0; n--) {
                text.append(words.get(random.nextInt(words.size()))).append(' ');
            }
            attempt(text.toString().getBytes(UTF_8), 14 + random.nextInt(5));
        }
    }

    @Test
    void survivesRandomCharactersThatMeanSomething() {
        Random random = new Random(42);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder("SHOW ");
            for (int n = random.nextInt(20); n >= 0; n--) {
                text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            attempt(text.toString().getBytes(UTF_8), 14 + random.nextInt(5));
        }
    }

    static Stream<String> longest() {
        return Stream.of(
                        "(", "'", "\"", "\"\"", "''", "a", "1", "a ", "1a", "a/", "1/1", "f/", ".", "a.", " ", ";",
                        "\u20ac")
                .flatMap(piece -> Stream.of(
                                "SHOW ", "TIMELINE_HISTORY ", "START_REPLICATION SLOT s LOGICAL 0/0 (a '", "")
                        .map(start -> start + piece.repeat(fits(start, piece))));
    }

    private static int fits(String start, String piece) {
        return (ReplicationCommandParser.MAX_BYTES - start.length()) / piece.getBytes(UTF_8).length;
    }

    @ParameterizedTest
    @MethodSource("longest")
    void takesLittleTimeAndMemoryForTheLongestText(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        attempt(bytes, 18);
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        long start = threads.getCurrentThreadCpuTime();
        attempt(bytes, 18);
        long tookNs = threads.getCurrentThreadCpuTime() - start;
        long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;

        assertThat(bytes).hasSizeLessThanOrEqualTo(ReplicationCommandParser.MAX_BYTES);
        assertThat(Duration.ofNanos(tookNs)).isLessThan(Duration.ofMillis(100));
        assertThat(allocated).isLessThan(200L * ReplicationCommandParser.MAX_BYTES);
    }

    @Test
    void refusesWhatIsLongerWithoutReadingIt() {
        byte[] text = new byte[ReplicationCommandParser.MAX_BYTES + 1];
        Arrays.fill(text, (byte) 0xFF);

        assertThat(attempt(text, 18)).isEqualTo(SqlState.PROGRAM_LIMIT_EXCEEDED);
        assertThat(attempt(Arrays.copyOf(text, text.length - 1), 18)).isEqualTo(new SqlState("22021"));
    }

    @Test
    void refusesAZeroByte() {
        assertThatThrownBy(() -> ReplicationCommandParser.parse("SHOW\0a".getBytes(UTF_8), 18))
                .hasMessage("invalid message format");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, 0, 13, 19, 100, Integer.MAX_VALUE})
    void knowsAVersionForEveryNumber(int major) {
        assertThat(attempt("IDENTIFY_SYSTEM".getBytes(UTF_8), major)).isNull();
    }

    private static @Nullable SqlState attempt(byte[] text, int major) {
        try {
            assertThat(ReplicationCommandParser.parse(text, major)).isNotNull();
            return null;
        } catch (ServerErrorException e) {
            return e.sqlState();
        }
    }
}
