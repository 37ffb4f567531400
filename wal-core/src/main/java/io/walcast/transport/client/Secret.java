// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.client;

import static java.util.Objects.requireNonNull;

/** A password or passphrase. It has no printable form; {@link #reveal} is called where it is used, nowhere else. */
public final class Secret {
    private final String value;

    /** Makes one. */
    public Secret(String value) {
        this.value = requireNonNull(value, "value");
    }

    /** Returns what it is. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
