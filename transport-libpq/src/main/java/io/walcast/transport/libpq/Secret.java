// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static java.util.Objects.requireNonNull;

/** A password or passphrase. It has no printable form; {@link #reveal} is called where it is used, nowhere else. */
final class Secret {
    private final String value;

    Secret(String value) {
        this.value = requireNonNull(value, "value");
    }

    String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "***";
    }
}
