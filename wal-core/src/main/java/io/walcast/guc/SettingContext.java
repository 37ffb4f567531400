// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import io.walcast.core.error.SqlState;

/** When a setting may change ({@code GucContext}). */
enum SettingContext {
    /** Never: it tells what is ({@code PGC_INTERNAL}). */
    INTERNAL,
    /** Internal to PostgreSQL, but the settings file may say what this server shall look like. */
    SERVED,
    /** At start only ({@code PGC_POSTMASTER}). */
    POSTMASTER,
    /** By a reload of the file ({@code PGC_SIGHUP}). */
    SIGHUP,
    /** By a reload; a session would have to be a superuser's, and none here is ({@code PGC_SUSET}). */
    SUPERUSER,
    /** By each session for itself ({@code PGC_USERSET}). */
    SESSION;

    /** Returns whether the settings file may set it. */
    boolean isInFile() {
        return this != INTERNAL;
    }

    /**
     * Checks that a session may set it.
     *
     * @throws InvalidSettingException with PostgreSQL's reason if not
     */
    void requireSession(String name) {
        switch (this) {
            case INTERNAL, SERVED -> throw fixed(name, "cannot be changed");
            case POSTMASTER -> throw fixed(name, "cannot be changed without restarting the server");
            case SIGHUP -> throw fixed(name, "cannot be changed now");
            case SUPERUSER ->
                throw new InvalidSettingException(
                        SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to set parameter \"" + name + "\"");
            case SESSION -> {}
        }
    }

    private static InvalidSettingException fixed(String name, String reason) {
        return new InvalidSettingException(
                SqlState.CANT_CHANGE_RUNTIME_PARAM, "parameter \"%s\" %s".formatted(name, reason));
    }
}
