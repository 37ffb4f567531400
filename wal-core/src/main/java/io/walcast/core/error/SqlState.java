// SPDX-License-Identifier: Apache-2.0
package io.walcast.core.error;

import java.util.regex.Pattern;

/**
 * A SQLSTATE: five characters that classify an error (PostgreSQL manual, appendix A).
 *
 * <p>A record with constants, not an enum: a server may send a code that we do not know, and it must survive.
 *
 * @param code five of 0-9 and A-Z
 */
public record SqlState(String code) {
    // First: the constants below are checked against it.
    private static final Pattern FORM = Pattern.compile("[0-9A-Z]{5}");

    /** {@code sqlclient_unable_to_establish_sqlconnection}. */
    public static final SqlState CANNOT_CONNECT = new SqlState("08001");
    /** {@code connection_failure}. */
    public static final SqlState CONNECTION_FAILURE = new SqlState("08006");
    /** {@code protocol_violation}. */
    public static final SqlState PROTOCOL_VIOLATION = new SqlState("08P01");
    /** {@code feature_not_supported}. */
    public static final SqlState FEATURE_NOT_SUPPORTED = new SqlState("0A000");
    /** {@code numeric_value_out_of_range}. */
    public static final SqlState NUMERIC_VALUE_OUT_OF_RANGE = new SqlState("22003");
    /** {@code invalid_parameter_value}. */
    public static final SqlState INVALID_PARAMETER_VALUE = new SqlState("22023");
    /** {@code invalid_authorization_specification}. */
    public static final SqlState INVALID_AUTHORIZATION = new SqlState("28000");
    /** {@code invalid_password}. */
    public static final SqlState INVALID_PASSWORD = new SqlState("28P01");
    /** {@code insufficient_privilege}. */
    public static final SqlState INSUFFICIENT_PRIVILEGE = new SqlState("42501");
    /** {@code syntax_error}. */
    public static final SqlState SYNTAX_ERROR = new SqlState("42601");
    /** {@code invalid_name}. */
    public static final SqlState INVALID_NAME = new SqlState("42602");
    /** {@code name_too_long}. */
    public static final SqlState NAME_TOO_LONG = new SqlState("42622");
    /** {@code undefined_object}. */
    public static final SqlState UNDEFINED_OBJECT = new SqlState("42704");
    /** {@code duplicate_object}. */
    public static final SqlState DUPLICATE_OBJECT = new SqlState("42710");
    /** {@code wrong_object_type}. */
    public static final SqlState WRONG_OBJECT_TYPE = new SqlState("42809");
    /** {@code disk_full}. */
    public static final SqlState DISK_FULL = new SqlState("53100");
    /** {@code too_many_connections}. */
    public static final SqlState TOO_MANY_CONNECTIONS = new SqlState("53300");
    /** {@code configuration_limit_exceeded}. */
    public static final SqlState CONFIGURATION_LIMIT_EXCEEDED = new SqlState("53400");
    /** {@code program_limit_exceeded}. */
    public static final SqlState PROGRAM_LIMIT_EXCEEDED = new SqlState("54000");
    /** {@code object_not_in_prerequisite_state}. */
    public static final SqlState OBJECT_NOT_IN_PREREQUISITE_STATE = new SqlState("55000");
    /** {@code object_in_use}. */
    public static final SqlState OBJECT_IN_USE = new SqlState("55006");
    /** {@code cant_change_runtime_param}. */
    public static final SqlState CANT_CHANGE_RUNTIME_PARAM = new SqlState("55P02");
    /** {@code query_canceled}. */
    public static final SqlState QUERY_CANCELED = new SqlState("57014");
    /** {@code admin_shutdown}. */
    public static final SqlState ADMIN_SHUTDOWN = new SqlState("57P01");
    /** {@code cannot_connect_now}. */
    public static final SqlState CANNOT_CONNECT_NOW = new SqlState("57P03");
    /** {@code io_error}. */
    public static final SqlState IO_ERROR = new SqlState("58030");
    /** {@code undefined_file}. */
    public static final SqlState UNDEFINED_FILE = new SqlState("58P01");
    /** {@code duplicate_file}. */
    public static final SqlState DUPLICATE_FILE = new SqlState("58P02");
    /** {@code config_file_error}. */
    public static final SqlState CONFIG_FILE_ERROR = new SqlState("F0000");
    /** {@code internal_error}. */
    public static final SqlState INTERNAL_ERROR = new SqlState("XX000");
    /** {@code data_corrupted}. */
    public static final SqlState DATA_CORRUPTED = new SqlState("XX001");

    public SqlState {
        if (!FORM.matcher(code).matches()) {
            throw new IllegalArgumentException("sqlState: '" + code + "' (expected: five of 0-9 and A-Z)");
        }
    }

    /** Returns whether the code belongs to the two-character class {@code prefix}, for example {@code 57}. */
    public boolean isClass(String prefix) {
        return code.startsWith(prefix);
    }

    @Override
    public String toString() {
        return code;
    }
}
