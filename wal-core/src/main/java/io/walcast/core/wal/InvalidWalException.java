// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.wal;

import com.google.errorprone.annotations.FormatMethod;

/** Tells {@link XLogReader} that the WAL ends here. It never leaves this package, and has no stack trace. */
final class InvalidWalException extends Exception {
    private static final long serialVersionUID = 1L;

    private final EndOfWal.Reason reason;
    private final String text;

    InvalidWalException(EndOfWal.Reason reason, String text) {
        super(text, null, false, false);
        this.reason = reason;
        this.text = text;
    }

    @FormatMethod
    static InvalidWalException invalid(String format, Object... arguments) {
        return new InvalidWalException(EndOfWal.Reason.INVALID, format.formatted(arguments));
    }

    EndOfWal.Reason reason() {
        return reason;
    }

    String text() {
        return text;
    }
}
