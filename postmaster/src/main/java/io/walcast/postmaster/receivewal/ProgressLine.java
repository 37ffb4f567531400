// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import io.walcast.core.Lsn;
import io.walcast.ipc.WalRcvStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Puts a receiver's progress into one line: position, rate, and lag in bytes and seconds.
 *
 * <p>The rate is that of the last few seconds. The lag is measured from what is durable if that is what counts
 * ({@code --synchronous}), otherwise from what is written.
 *
 * <p>Threading: one caller.
 */
final class ProgressLine {
    private static final long RATE_WINDOW_NS = 3_000_000_000L;
    private static final double NS_PER_S = 1e9;

    private final ReceiveLag lag;
    private final Deque<Position> window = new ArrayDeque<>();

    private record Position(Lsn lsn, long atNs) {}

    ProgressLine(boolean durable) {
        lag = new ReceiveLag(durable);
    }

    /** Returns the line for {@code status} at {@code nowNs}. */
    String of(WalRcvStatus status, long nowNs) {
        ReceiveLag.Behind behind = lag.measure(status, nowNs);
        Lsn written = status.written();
        if (behind == null || written == null) {
            window.clear();
            return status.state().name().toLowerCase(Locale.ROOT);
        }
        return String.format(
                Locale.ROOT,
                "%s  %s/s  lag %s, %.1f s",
                written,
                bytes(rate(written, nowNs)),
                bytes((double) behind.bytes()),
                behind.ns() / NS_PER_S);
    }

    private double rate(Lsn written, long nowNs) {
        Position last = window.peekLast();
        if (last != null && written.isBefore(last.lsn())) {
            window.clear();
        }
        window.addLast(new Position(written, nowNs));
        Position first = window.getFirst();
        while (window.size() > 2 && nowNs - first.atNs() > RATE_WINDOW_NS) {
            window.removeFirst();
            first = window.getFirst();
        }
        long elapsedNs = nowNs - first.atNs();
        return elapsedNs <= 0 ? 0 : written.minus(first.lsn()) / (elapsedNs / NS_PER_S);
    }

    /** Returns a number of bytes with the unit that fits: {@code 312 B}, {@code 4.2 MB}. */
    static String bytes(double count) {
        if (count < 1024) {
            return String.format(Locale.ROOT, "%.0f B", count);
        }
        String unit = "kB";
        double scaled = count / 1024;
        for (String next : new String[] {"MB", "GB", "TB"}) {
            if (scaled < 1024) {
                break;
            }
            scaled /= 1024;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", scaled, unit);
    }
}
