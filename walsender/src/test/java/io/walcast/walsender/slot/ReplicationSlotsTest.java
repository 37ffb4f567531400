// SPDX-License-Identifier: Apache-2.0
package io.walcast.walsender.slot;

import static io.walcast.walsender.slot.SlotFixture.DIRECTORY;
import static io.walcast.walsender.slot.SlotFixture.MAX_SLOTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.RefusedException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.StorageException;
import io.walcast.ipc.Cancellation.Registration;
import io.walcast.ipc.ReplicationSlotRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicationSlotsTest {
    private static final Lsn RESERVED = Lsn.parse("0/5000028");

    private final SlotFixture fixture = new SlotFixture();
    private final FakeOwner owner = new FakeOwner(11);
    private final FakeOwner other = new FakeOwner(12);

    @Test
    void keepsASlotOverARestart() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, () -> RESERVED, owner);
            slots.create("t", false, null, owner);
        }
        try (ReplicationSlots slots = fixture.open()) {
            assertThat(slots.find("s"))
                    .hasValueSatisfying(s -> assertThat(s.restartLsn()).isEqualTo(RESERVED));
            assertThat(slots.find("t"))
                    .hasValueSatisfying(t -> assertThat(t.restartLsn()).isEqualTo(Lsn.INVALID));
            assertThat(slots.minimum()).isEqualTo(RESERVED);
            slots.drop("s", owner);
        }
        try (ReplicationSlots slots = fixture.open()) {
            assertThat(slots.find("s")).isEmpty();
            assertThat(slots.find("t")).isPresent();
            assertThat(fixture.directories()).containsExactly("t");
        }
    }

    @Test
    void refusesWhatPostgresRefuses() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, null, owner);

            refused(
                    () -> slots.create("s", false, null, owner),
                    "42710",
                    "replication slot \"s\" already exists",
                    null);
            refused(() -> slots.drop("x", owner), "42704", "replication slot \"x\" does not exist", null);
            refused(() -> slots.acquire("x", owner), "42704", "replication slot \"x\" does not exist", null);

            slots.acquire("s", owner);
            refused(() -> slots.acquire("s", other), "55006", "replication slot \"s\" is active for PID 11", null);
            refused(() -> slots.drop("s", other), "55006", "replication slot \"s\" is active for PID 11", null);
        }
    }

    @Test
    void refusesMoreSlotsThanThereMayBe() {
        try (ReplicationSlots slots = fixture.open()) {
            for (int i = 0; i < MAX_SLOTS; i++) {
                slots.create("s" + i, i % 2 == 0, null, owner);
            }
            refused(() -> slots.create("s0", false, null, owner), "42710", null, null);
            refused(
                    () -> slots.create("more", false, null, owner),
                    "53400",
                    "all replication slots are in use",
                    "Free one or increase \"max_replication_slots\".");
            slots.drop("s1", owner);
            slots.create("more", false, null, owner);
        }
    }

    @Test
    void refusesToStartWithMoreSlotsThanThereMayBe() throws IOException {
        for (int i = 0; i <= MAX_SLOTS; i++) {
            fixture.putState(
                    "s" + i,
                    SlotStateCodec.encode(SlotState.physical("s" + i, SlotPersistency.PERSISTENT, Lsn.INVALID)));
        }
        assertThatThrownBy(fixture::open)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("too many replication slots active before shutdown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "a-b", "a b", "a.b", "../etc", "ä", "a\0", "a/b", ".", "a\"b"})
    void refusesNamesWithOtherCharacters(String name) {
        try (ReplicationSlots slots = fixture.open()) {
            refused(
                    () -> slots.create(name, false, null, owner),
                    "42602",
                    "replication slot name \"" + name + "\" contains invalid character",
                    "Replication slot names may only contain lower case letters, numbers, and the underscore character.");
            assertThat(fixture.directories()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "../x", "..", "a/b", "a\0", "/etc/passwd"})
    void looksNamesThatCannotBeUpInMemoryOnly(String name) {
        try (ReplicationSlots slots = fixture.open()) {
            long calls = fixture.machine.calls();

            for (ThrowingCallable call :
                    new ThrowingCallable[] {() -> slots.acquire(name, owner), () -> slots.drop(name, owner)}) {
                refused(call, "42704", "replication slot \"" + name + "\" does not exist", null);
            }
            assertThat(slots.find(name)).isEmpty();
            assertThat(fixture.machine.calls()).isEqualTo(calls);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lock", "reserve", "state", "oldest", "_", "0", "con"})
    void takesEveryNameThatPostgresTakes(String name) {
        for (int round = 0; round < 2; round++) {
            try (ReplicationSlots slots = fixture.open()) {
                slots.create(name, false, () -> RESERVED, owner);
                slots.acquire(name, owner).feedback(9, 9);
            }
            try (ReplicationSlots slots = fixture.open()) {
                assertThat(slots.find(name)).isPresent();
                slots.drop(name, owner);
            }
        }
    }

    @Test
    void followsNoLink(@TempDir Path home) throws IOException {
        Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
        Path linked = Files.createSymbolicLink(home.resolve("pg_replslot"), elsewhere);
        SlotOptions options = SlotOptions.defaults(fixture.log::add);
        assertThatThrownBy(() -> ReplicationSlots.open(linked, options))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith("pg_replslot\": will not follow a symbolic link");

        Path directory = home.resolve("other");
        try (ReplicationSlots slots = ReplicationSlots.open(directory, options)) {
            slots.create("s", false, null, owner);
            slots.drop("s", owner);
        }
        Files.createSymbolicLink(directory.resolve("s"), elsewhere);
        assertThatThrownBy(() -> ReplicationSlots.open(directory, options))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith("other/s\": will not follow a symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void refusesNamesThatAreTooShortOrTooLong() {
        String longest = "a".repeat(63);
        try (ReplicationSlots slots = fixture.open()) {
            refused(
                    () -> slots.create("", false, null, owner),
                    "42602",
                    "replication slot name \"\" is too short",
                    null);
            refused(
                    () -> slots.create(longest + "a", false, null, owner),
                    "42622",
                    "replication slot name \"" + longest + "a\" is too long",
                    null);
            slots.create(longest, false, null, owner);
        }
        try (ReplicationSlots slots = fixture.open()) {
            assertThat(slots.find(longest)).isPresent();
        }
    }

    @Test
    void refusesALogicalSlotForPhysicalUse() throws IOException {
        fixture.putState("logical", CapturedState.of(17, "logical").content());
        try (ReplicationSlots slots = fixture.open()) {
            refused(
                    () -> slots.acquire("logical", owner),
                    "55000",
                    "cannot use a logical replication slot for physical replication",
                    null);
            assertThat(row(slots, "logical").active()).isFalse();
            slots.drop("logical", owner);
        }
        assertThat(fixture.directories()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void refusesAnInvalidSlotWhateverVersionInvalidatedIt(int major) throws IOException {
        fixture.putState("lost", CapturedState.of(major, "lost").content());
        for (int restart = 0; restart < 2; restart++) {
            try (ReplicationSlots slots = fixture.open()) {
                assertThatThrownBy(() -> slots.acquire("lost", owner))
                        .isInstanceOfSatisfying(
                                ServerErrorException.class,
                                e -> assertThat(e.fields())
                                        .isEqualTo(new ErrorFields(
                                                "ERROR",
                                                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                                "can no longer access replication slot \"lost\"",
                                                "This replication slot has been invalidated due to \"wal_removed\".",
                                                null)));
                assertThat(row(slots, "lost").walStatus()).isEqualTo(ReplicationSlotRow.WalStatus.LOST);
                assertThat(slots.minimum()).isEqualTo(Lsn.INVALID);
            }
        }
        try (ReplicationSlots slots = fixture.open()) {
            slots.drop("lost", owner);
        }
    }

    @Test
    void releasesOnceAndTellsWhoWaits() {
        try (ReplicationSlots slots = fixture.open()) {
            AtomicInteger told = new AtomicInteger();
            slots.create("s", false, null, owner);
            AcquiredSlot acquired = slots.acquire("s", owner);
            slots.whenFree("s", told::incrementAndGet);
            Registration forgotten = slots.whenFree("s", told::incrementAndGet);
            forgotten.close();
            assertThat(told).hasValue(0);

            acquired.release();
            assertThat(told).hasValue(1);
            AcquiredSlot second = slots.acquire("s", other);
            acquired.release();

            assertThat(second.isHeld()).isTrue();
            assertThat(told).hasValue(1);
            slots.whenFree("none", told::incrementAndGet);
            assertThat(told).hasValue(2);
        }
    }

    @Test
    void dropsWhatWasWaitedForWhenItIsFree() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, null, owner);
            AcquiredSlot acquired = slots.acquire("s", owner);
            slots.whenFree("s", () -> slots.drop("s", other));

            acquired.release();

            assertThat(slots.find("s")).isEmpty();
            refused(() -> slots.acquire("s", owner), "42704", null, null);
        }
    }

    @Test
    void dropsTemporarySlotsWithTheirSession() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("temporary", true, () -> RESERVED, owner);
            slots.create("kept", false, null, owner);
            assertThat(row(slots, "temporary").temporary()).isTrue();
            assertThat(row(slots, "temporary").activePid()).isEqualTo(11);
            assertThat(slots.minimum()).isEqualTo(RESERVED);
            refused(
                    () -> slots.acquire("temporary", other),
                    "55006",
                    "replication slot \"temporary\" is active for PID 11",
                    null);
            refused(
                    () -> slots.takeOver("temporary", other, owner),
                    "55006",
                    "replication slot \"temporary\" is active for PID 11",
                    null);
            refused(() -> slots.drop("temporary", other), "55006", null, null);
            slots.acquire("temporary", owner).release();
            assertThat(row(slots, "temporary").activePid()).isEqualTo(11);
            AcquiredSlot kept = slots.acquire("kept", owner);
            slots.cleanUp(other);
            assertThat(slots.find("temporary")).isPresent();

            slots.cleanUp(owner);

            assertThat(slots.find("temporary")).isEmpty();
            assertThat(kept.isHeld()).isFalse();
            assertThat(slots.find("kept")).isPresent();
            assertThat(fixture.directories()).containsExactly("kept");
            assertThat(slots.minimum()).isEqualTo(Lsn.INVALID);
        }
    }

    @Test
    void dropsATemporarySlotForItsOwnSession() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("temporary", true, null, owner);
            slots.drop("temporary", owner);
            assertThat(fixture.directories()).isEmpty();
            slots.cleanUp(owner);
        }
    }

    @Test
    void findsNoTemporaryOrEphemeralSlotAfterACrash() throws IOException {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("temporary", true, null, owner);
            slots.create("kept", false, null, owner);
        }
        fixture.putState(
                "ephemeral",
                SlotStateCodec.encode(SlotState.physical("ephemeral", SlotPersistency.EPHEMERAL, Lsn.INVALID)));
        fixture.putState("half_made.tmp", new byte[3]);
        SlotFixture next = new SlotFixture(fixture.machine.kill(false));
        try (ReplicationSlots slots = next.open()) {
            assertThat(slots.rows(null))
                    .extracting(ReplicationSlotRow::slotName)
                    .containsExactly("kept");
            assertThat(next.directories()).containsExactly("kept");
        }
    }

    @Test
    void refusesToStartOnADamagedStateAndChangesNothing() throws IOException {
        byte[] good = CapturedState.of(18, "reserved").content();
        fixture.putState("half_made.tmp", new byte[3]);
        fixture.putState("a", SlotStateCodec.encode(SlotState.physical("a", SlotPersistency.TEMPORARY, RESERVED)));
        for (int bit = 0; bit < 8 * good.length; bit += 5) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            fixture.putState("reserved", flipped);
            requireRefused();
        }
        for (int length = 0; length <= good.length + 1; length += length == 0 ? 1 : 10) {
            if (length != good.length) {
                fixture.putState("reserved", Arrays.copyOf(good, length));
                requireRefused();
            }
        }
        fixture.machine.delete(DIRECTORY.resolve("reserved/state"));
        requireRefused();
        assertThat(fixture.directories()).containsExactly("a", "half_made.tmp", "reserved");

        fixture.putState("reserved", good);
        fixture.open().close();
        assertThat(fixture.directories()).containsExactly("reserved");
    }

    private void requireRefused() {
        assertThatThrownBy(fixture::open)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.sqlState()).isEqualTo(SqlState.DATA_CORRUPTED))
                .hasMessageContaining(DIRECTORY.resolve("reserved/state").toString());
    }

    @Test
    void isOpenOnce() {
        try (ReplicationSlots slots = fixture.open()) {
            assertThatThrownBy(fixture::open)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("is in use by another process");
            assertThat(slots.rows(null)).isEmpty();
        }
        fixture.open().close();
    }

    @Test
    void showsWhoUsesASlotAndSinceWhenNobodyDoes() {
        try (ReplicationSlots slots = fixture.open()) {
            slots.create("s", false, null, owner);
            assertThat(row(slots, "s").inactiveSince()).isEqualTo(fixture.clock.now());

            AcquiredSlot acquired = slots.acquire("s", owner);
            assertThat(row(slots, "s").activePid()).isEqualTo(11);
            assertThat(row(slots, "s").active()).isTrue();
            assertThat(row(slots, "s").inactiveSince()).isNull();

            fixture.clock.advance(Duration.ofSeconds(7));
            acquired.release();
            assertThat(row(slots, "s").inactiveSince()).isEqualTo(fixture.clock.now());
            assertThat(row(slots, "s").active()).isFalse();
            assertThat(row(slots, "s").activePid()).isNull();
        }
    }

    @Test
    void showsALogicalSlotAsPostgresDoes() throws IOException {
        fixture.putState("logical", CapturedState.of(17, "logical").content());
        try (ReplicationSlots slots = fixture.open()) {
            ReplicationSlotRow row = row(slots, "logical");
            assertThat(row.plugin()).isEqualTo("test_decoding");
            assertThat(row.slotType()).isEqualTo("logical");
            assertThat(row.datoid()).isEqualTo(5);
            assertThat(row.catalogXmin()).isEqualTo(746);
            assertThat(row.confirmedFlushLsn()).isEqualTo(Lsn.parse("0/D00278"));
            assertThat(row.twoPhase()).isTrue();
            assertThat(row.twoPhaseAt()).isEqualTo(Lsn.parse("0/D00278"));
            assertThat(row.conflicting()).isFalse();
            assertThat(row.invalidationReason()).isNull();
        }
    }

    private static ReplicationSlotRow row(ReplicationSlots slots, String name) {
        return slots.rows(null).stream()
                .filter(row -> row.slotName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void refused(
            ThrowingCallable call, String sqlState, @Nullable String message, @Nullable String hint) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ServerErrorException.class, e -> {
            assertThat(e.sqlState().code()).isEqualTo(sqlState);
            assertThat(e.fields().severity()).isEqualTo("ERROR");
            if (message != null) {
                assertThat(e.fields().message()).isEqualTo(message);
                assertThat(e.fields().hint()).isEqualTo(hint);
            }
        });
    }
}
