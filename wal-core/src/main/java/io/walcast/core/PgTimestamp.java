// SPDX-License-Identifier: Apache-2.0
package io.walcast.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A point in time as PostgreSQL writes it on the wire ({@code TimestampTz}).
 *
 * @param micros microseconds since 2000-01-01 00:00 UTC; 0 also means "not known"
 */
public record PgTimestamp(long micros) {

    /** Not known. */
    public static final PgTimestamp NONE = new PgTimestamp(0);

    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    /** Returns {@code instant} cut to microseconds. */
    public static PgTimestamp of(Instant instant) {
        return new PgTimestamp(ChronoUnit.MICROS.between(EPOCH, instant));
    }

    /** Returns this as an {@link Instant}. */
    public Instant toInstant() {
        return EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    @Override
    public String toString() {
        return toInstant().toString();
    }
}
