// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code CREATE_REPLICATION_SLOT} is told.
 *
 * @param name 1 to 63 of a-z, 0-9 and _
 * @param temporary whether it goes with the connection
 * @param plugin output plugin of a logical slot, null for a physical one
 * @param reserveWal for a physical slot: keep WAL from now on, not from the first use
 * @param snapshot for a logical slot: {@code export}, {@code use}, {@code nothing}, or null for the default
 * @param twoPhase for a logical slot: decode prepared transactions
 * @param failover for a logical slot: have it copied to standbys
 */
public record CreateSlot(
        String name,
        boolean temporary,
        @Nullable String plugin,
        boolean reserveWal,
        @Nullable String snapshot,
        boolean twoPhase,
        boolean failover) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,63}");

    public CreateSlot {
        requireNonNull(name, "name");
    }

    /** Returns a lasting physical slot; WAL is kept from its first use on, or from now with {@code reserveWal}. */
    public static CreateSlot physical(String name, boolean reserveWal) {
        return new CreateSlot(name, false, null, reserveWal, null, false, false);
    }

    /** Returns a physical slot that goes with the connection and keeps WAL from now on. */
    public static CreateSlot temporaryPhysical(String name) {
        return new CreateSlot(name, true, null, true, null, false, false);
    }

    /** Returns whether {@code name} may name a slot (the server decides in the end). */
    public static boolean isValidName(String name) {
        return NAME.matcher(name).matches();
    }
}
