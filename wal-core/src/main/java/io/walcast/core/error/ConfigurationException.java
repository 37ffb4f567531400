// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

/** A setting that cannot be: a conninfo that does not parse, an unknown option, a key file open to others. */
public final class ConfigurationException extends WalException {
    private static final long serialVersionUID = 1L;

    /** Makes one with SQLSTATE 22023. */
    public ConfigurationException(String message) {
        this(SqlState.INVALID_PARAMETER_VALUE, message);
    }

    /** Makes one with the given SQLSTATE. */
    public ConfigurationException(SqlState sqlState, String message) {
        super(sqlState, Retry.NEVER, message, null);
    }
}
