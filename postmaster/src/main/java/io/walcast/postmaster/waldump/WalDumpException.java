// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.waldump;

/** The dump ends here; the message is what to print. */
final class WalDumpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WalDumpException(String message) {
        super(message);
    }

    WalDumpException(String message, Throwable cause) {
        super(message, cause);
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
