// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConfigurationException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What kind of server is wanted ({@code target_session_attrs}). */
enum SessionAttributes {
    ANY,
    READ_WRITE,
    READ_ONLY,
    PRIMARY,
    STANDBY,
    PREFER_STANDBY;

    static SessionAttributes of(String text) {
        for (SessionAttributes attributes : values()) {
            if (attributes.word().equals(text)) {
                return attributes;
            }
        }
        throw new ConfigurationException("invalid target_session_attrs value: \"%s\"".formatted(text));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns why a server that reported {@code parameters} will not do, or null if it will. */
    @Nullable
    String objection(Map<String, String> parameters) {
        if (this == ANY) {
            return null;
        }
        String inRecovery = parameters.get("in_hot_standby");
        String defaultReadOnly = parameters.get("default_transaction_read_only");
        if (inRecovery == null || defaultReadOnly == null) {
            return "server does not report whether it is in hot standby mode";
        }
        boolean standby = inRecovery.equals("on");
        boolean readOnly = standby || defaultReadOnly.equals("on");
        return switch (this) {
            case ANY -> null;
            case READ_WRITE -> readOnly ? "session is read-only" : null;
            case READ_ONLY -> readOnly ? null : "session is not read-only";
            case PRIMARY -> standby ? "server is in hot standby mode" : null;
            case STANDBY, PREFER_STANDBY -> standby ? null : "server is not in hot standby mode";
        };
    }
}
