// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a conninfo can say besides its hosts, and the environment variables behind it. */
enum GrpcParameter {
    USER("user", "PGUSER"),
    PASSWORD("password", "PGPASSWORD"),
    DBNAME("dbname", "PGDATABASE"),
    PASSFILE("passfile", "PGPASSFILE"),
    APPLICATION_NAME("application_name", "PGAPPNAME"),
    OPTIONS("options", "PGOPTIONS"),
    CONNECT_TIMEOUT("connect_timeout", "PGCONNECT_TIMEOUT"),
    SSLMODE("sslmode", null),
    SSLROOTCERT("sslrootcert", "PGSSLROOTCERT"),
    SSLCRL("sslcrl", "PGSSLCRL"),
    SSLCERT("sslcert", "PGSSLCERT"),
    SSLKEY("sslkey", "PGSSLKEY"),
    SSLPASSWORD("sslpassword", null),
    LOAD_BALANCE("load_balance", null),
    COMPRESSION("compression", null),
    WINDOW("window", null),
    KEEPALIVE("keepalive", null),
    KEEPALIVE_TIMEOUT("keepalive_timeout", null),
    PLAINTEXT("plaintext", null);

    private static final Map<String, GrpcParameter> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(GrpcParameter::word, Function.identity()));

    private final String word;
    private final @Nullable String environmentVariable;

    GrpcParameter(String word, @Nullable String environmentVariable) {
        this.word = word;
        this.environmentVariable = environmentVariable;
    }

    /** Returns the parameter that is written so, or null. */
    static @Nullable GrpcParameter of(String word) {
        return BY_WORD.get(word);
    }

    String word() {
        return word;
    }

    @Nullable
    String environmentVariable() {
        return environmentVariable;
    }

    boolean isSecret() {
        return this == PASSWORD || this == SSLPASSWORD;
    }

    /** Returns whether it says something about TLS, and nothing without it. */
    boolean isOfTls() {
        return word.startsWith("ssl");
    }
}
