// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import org.jspecify.annotations.Nullable;

/** A setting that cannot be, before it is clear whom to tell: who wrote the file, or the client. Stays in the package. */
final class InvalidSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SqlState sqlState;
    private final String text;
    private final @Nullable String detail;
    private final @Nullable String hint;

    InvalidSettingException(SqlState sqlState, String text) {
        this(sqlState, text, null, null);
    }

    InvalidSettingException(SqlState sqlState, String text, @Nullable String detail, @Nullable String hint) {
        super(text);
        this.sqlState = sqlState;
        this.text = text;
        this.detail = detail;
        this.hint = hint;
    }

    /** Returns the refusal of {@code value} for the setting {@code name}. */
    static InvalidSettingException value(String name, String value, @Nullable String detail, @Nullable String hint) {
        return new InvalidSettingException(
                SqlState.INVALID_PARAMETER_VALUE,
                "invalid value for parameter \"%s\": \"%s\"".formatted(name, value),
                detail,
                hint);
    }

    /** Returns the refusal of a name that nobody knows. */
    static InvalidSettingException unknown(String name) {
        return new InvalidSettingException(
                SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"");
    }

    /** Returns it for a client, as PostgreSQL words it. */
    ServerErrorException toClient(String severity) {
        return new ServerErrorException(new ErrorFields(severity, sqlState, text, detail, hint));
    }

    /** Returns it for the operator; {@code where} stands in front. */
    ConfigurationException toOperator(String where) {
        StringBuilder message = new StringBuilder(where).append(text);
        if (detail != null) {
            message.append(": ").append(detail);
        }
        if (hint != null) {
            message.append(" (").append(hint).append(')');
        }
        return new ConfigurationException(sqlState, message.toString());
    }
}
