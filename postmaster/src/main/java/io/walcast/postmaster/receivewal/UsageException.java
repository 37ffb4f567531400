// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

/** The arguments cannot be used; the message is what to print. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Form form;

    /** How the message is to be printed. */
    public enum Form {
        /** As an error line. */
        ERROR,
        /** As an error line, followed by the hint to ask for help. */
        ERROR_AND_HINT,
        /** As it is (getopt's own lines), followed by the hint. */
        GETOPT,
        /** Not at all: only the hint. */
        HINT
    }

    /** Makes one whose message is printed as {@code form} says. */
    public UsageException(Form form, String message) {
        super(message);
        this.form = form;
    }

    /** Returns how it is to be printed. */
    public Form form() {
        return form;
    }

    /** Returns what to print. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
