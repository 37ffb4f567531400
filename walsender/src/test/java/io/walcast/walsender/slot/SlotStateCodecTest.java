// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SlotStateCodecTest {
    private static final Path FILE = Path.of("pg_replslot/s/state");

    static List<CapturedState> captured() {
        return CapturedState.all();
    }

    @ParameterizedTest
    @MethodSource("captured")
    void readsWhatServersWrote(CapturedState captured) {
        SlotState state = decode(captured.content(), captured.name());

        assertThat(state.persistency()).isEqualTo(SlotPersistency.PERSISTENT);
        assertThat(state.synced()).isFalse();
        assertThat(state.failover()).isEqualTo(captured.name().equals("failover"));
        assertThat(state.isPhysical())
                .isNotEqualTo(List.of("logical", "failover").contains(captured.name()));
        assertThat(state.twoPhase()).isEqualTo(captured.name().equals("logical"));
        if (captured.name().equals("lost")) {
            assertThat(state.invalidated()).isEqualTo(InvalidationCause.WAL_REMOVED);
        }
        assertThat(state.restartLsn().isValid())
                .isNotEqualTo(List.of("lost", "never_used").contains(captured.name()));
    }

    @ParameterizedTest
    @CsvSource({
        "16, reserved, NONE, 0/D17958, 0/0, 0, ''",
        "17, reserved, NONE, 0/D16218, 0/0, 0, ''",
        "16, logical, NONE, 0/D00200, 0/D00238, 738, test_decoding",
        "17, logical, NONE, 0/D00240, 0/D00278, 746, test_decoding",
        "17, failover, NONE, 0/D16218, 0/D16250, 746, pgoutput",
        "18, idle, IDLE_TIMEOUT, 0/10001C8, 0/0, 0, ''",
        "18, logical, IDLE_TIMEOUT, 0/1009EE8, 0/1009F20, 760, test_decoding"
    })
    void readsWhatTheServersShowed(
            int major,
            String name,
            InvalidationCause cause,
            String restartLsn,
            String confirmed,
            int catalogXmin,
            String plugin) {
        SlotState state = decode(CapturedState.of(major, name).content(), name);

        assertThat(state.invalidated()).isEqualTo(cause);
        assertThat(state.restartLsn()).isEqualTo(Lsn.parse(restartLsn));
        assertThat(state.confirmedFlush()).isEqualTo(Lsn.parse(confirmed));
        assertThat(state.catalogXmin()).isEqualTo(catalogXmin);
        assertThat(state.plugin()).isEqualTo(plugin);
    }

    @ParameterizedTest
    @MethodSource("captured")
    void writesWhatTheNewestServersWrite(CapturedState captured) {
        SlotState state = decode(captured.content(), captured.name());

        byte[] written = SlotStateCodec.encode(state);

        assertThat(decode(written, captured.name())).isEqualTo(state);
        if (captured.major() >= 17) {
            assertThat(written).isEqualTo(captured.content());
        }
    }

    @ParameterizedTest
    @MethodSource("captured")
    void refusesEveryTruncationAndEveryFlippedBit(CapturedState captured) {
        byte[] good = captured.content();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            requireRefused(() -> decode(cut, captured.name()));
        }
        requireRefused(() -> decode(Arrays.copyOf(good, good.length + 1), captured.name()));
        for (int bit = 0; bit < 8 * good.length; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            requireRefused(() -> decode(flipped, captured.name()));
        }
    }

    @Test
    void refusesTheStateOfAnotherSlot() {
        byte[] content = CapturedState.of(18, "reserved").content();
        assertThatThrownBy(() -> decode(content, "other"))
                .isInstanceOf(StorageException.class)
                .hasMessage("replication slot file \"pg_replslot/s/state\" is of slot \"reserved\"");
    }

    @ParameterizedTest
    @CsvSource({
        "8, 4, has unsupported version 4",
        "8, 0, has unsupported version 0",
        "12, 183, has corrupted length 183",
        "84, 3, has unknown persistency 3",
        "84, -1, has unknown persistency -1",
        "104, 5, has unknown cause of invalidation 5",
        "104, 16, has unknown cause of invalidation 16",
        "104, -1, has unknown cause of invalidation -1",
        "128, 2, has 2 at byte 128 (expected: 0 or 1)",
        "16, 0, is of slot \"\""
    })
    void refusesValuesThatNobodyWritesThoughTheChecksumIsRight(int at, int value, String message) {
        byte[] content = CapturedState.of(18, "never_used").content();
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        seal(content);

        assertThatThrownBy(() -> decode(content, "never_used"))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith(message);
    }

    @Test
    void refusesANameWithoutAnEndOrThatIsNoText() {
        byte[] endless = CapturedState.of(18, "never_used").content();
        Arrays.fill(endless, 16, 80, (byte) 'a');
        seal(endless);
        requireRefused(() -> decode(endless, "a".repeat(64)));

        byte[] noText = CapturedState.of(18, "never_used").content();
        noText[16] = (byte) 0xFF;
        seal(noText);
        requireRefused(() -> decode(noText, "never_used"));
    }

    @Test
    void readsTheCausesOfEachVersion() {
        assertThat(causes(3))
                .containsExactly(
                        InvalidationCause.NONE,
                        InvalidationCause.WAL_REMOVED,
                        InvalidationCause.ROWS_REMOVED,
                        InvalidationCause.WAL_LEVEL_INSUFFICIENT);
        assertThat(causes(5))
                .containsExactly(
                        InvalidationCause.NONE,
                        InvalidationCause.WAL_REMOVED,
                        InvalidationCause.ROWS_REMOVED,
                        InvalidationCause.WAL_LEVEL_INSUFFICIENT,
                        InvalidationCause.WAL_LEVEL_INSUFFICIENT,
                        InvalidationCause.IDLE_TIMEOUT);
    }

    private static List<InvalidationCause> causes(int version) {
        return IntStream.range(0, 20)
                .mapToObj(cause -> {
                    byte[] content = CapturedState.of(18, "never_used").content();
                    ByteBuffer.wrap(content)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(8, version)
                            .putInt(104, cause);
                    seal(content);
                    return content;
                })
                .flatMap(content -> {
                    try {
                        return Stream.of(decode(content, "never_used").invalidated());
                    } catch (StorageException e) {
                        return Stream.empty();
                    }
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource(InvalidationCause.class)
    void writesWhatItReads(InvalidationCause cause) {
        for (SlotPersistency persistency : SlotPersistency.values()) {
            SlotState state = new SlotState(
                    "a_name_9",
                    16384,
                    persistency,
                    -2,
                    -1,
                    new Lsn(-1),
                    cause,
                    new Lsn(0x8000_0000_0000_0001L),
                    new Lsn(5),
                    true,
                    "x".repeat(63),
                    true,
                    true);
            assertThat(decode(SlotStateCodec.encode(state), "a_name_9")).isEqualTo(state);
        }
    }

    private static void seal(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, 8, content.length - 8);
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(4, (int) crc.getValue());
    }

    private static SlotState decode(byte[] content, String name) {
        return SlotStateCodec.decode(content, name, FILE);
    }

    private static void requireRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED))
                .hasMessageContaining(FILE.toString());
    }
}
