// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keywords of a conninfo (PostgreSQL manual, "Parameter Key Words") and the environment variables behind them. */
enum ConninfoKeyword {
    SERVICE("service", "PGSERVICE", Display.PLAIN),
    USER("user", "PGUSER", Display.PLAIN),
    PASSWORD("password", "PGPASSWORD", Display.SECRET),
    PASSFILE("passfile", "PGPASSFILE", Display.PLAIN),
    CHANNEL_BINDING("channel_binding", "PGCHANNELBINDING", Display.PLAIN),
    CONNECT_TIMEOUT("connect_timeout", "PGCONNECT_TIMEOUT", Display.PLAIN),
    DBNAME("dbname", "PGDATABASE", Display.PLAIN),
    HOST("host", "PGHOST", Display.PLAIN),
    HOSTADDR("hostaddr", "PGHOSTADDR", Display.PLAIN),
    PORT("port", "PGPORT", Display.PLAIN),
    CLIENT_ENCODING("client_encoding", "PGCLIENTENCODING", Display.PLAIN),
    OPTIONS("options", "PGOPTIONS", Display.PLAIN),
    APPLICATION_NAME("application_name", "PGAPPNAME", Display.PLAIN),
    FALLBACK_APPLICATION_NAME("fallback_application_name", null, Display.PLAIN),
    KEEPALIVES("keepalives", null, Display.PLAIN),
    KEEPALIVES_IDLE("keepalives_idle", null, Display.PLAIN),
    KEEPALIVES_INTERVAL("keepalives_interval", null, Display.PLAIN),
    KEEPALIVES_COUNT("keepalives_count", null, Display.PLAIN),
    TCP_USER_TIMEOUT("tcp_user_timeout", null, Display.PLAIN),
    SSLMODE("sslmode", "PGSSLMODE", Display.PLAIN),
    SSLNEGOTIATION("sslnegotiation", "PGSSLNEGOTIATION", Display.PLAIN),
    SSLCOMPRESSION("sslcompression", "PGSSLCOMPRESSION", Display.PLAIN),
    SSLCERT("sslcert", "PGSSLCERT", Display.PLAIN),
    SSLKEY("sslkey", "PGSSLKEY", Display.PLAIN),
    SSLCERTMODE("sslcertmode", "PGSSLCERTMODE", Display.PLAIN),
    SSLPASSWORD("sslpassword", null, Display.SECRET),
    SSLROOTCERT("sslrootcert", "PGSSLROOTCERT", Display.PLAIN),
    SSLCRL("sslcrl", "PGSSLCRL", Display.PLAIN),
    SSLCRLDIR("sslcrldir", "PGSSLCRLDIR", Display.PLAIN),
    SSLSNI("sslsni", "PGSSLSNI", Display.PLAIN),
    SSLKEYLOGFILE("sslkeylogfile", null, Display.DEBUG),
    REQUIREPEER("requirepeer", "PGREQUIREPEER", Display.PLAIN),
    REQUIRE_AUTH("require_auth", "PGREQUIREAUTH", Display.PLAIN),
    MIN_PROTOCOL_VERSION("min_protocol_version", "PGMINPROTOCOLVERSION", Display.PLAIN),
    MAX_PROTOCOL_VERSION("max_protocol_version", "PGMAXPROTOCOLVERSION", Display.PLAIN),
    SSL_MIN_PROTOCOL_VERSION("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Display.PLAIN),
    SSL_MAX_PROTOCOL_VERSION("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Display.PLAIN),
    GSSENCMODE("gssencmode", "PGGSSENCMODE", Display.PLAIN),
    KRBSRVNAME("krbsrvname", "PGKRBSRVNAME", Display.PLAIN),
    GSSLIB("gsslib", "PGGSSLIB", Display.PLAIN),
    GSSDELEGATION("gssdelegation", "PGGSSDELEGATION", Display.PLAIN),
    REPLICATION("replication", null, Display.DEBUG),
    TARGET_SESSION_ATTRS("target_session_attrs", "PGTARGETSESSIONATTRS", Display.PLAIN),
    LOAD_BALANCE_HOSTS("load_balance_hosts", "PGLOADBALANCEHOSTS", Display.PLAIN),
    SCRAM_CLIENT_KEY("scram_client_key", null, Display.HIDDEN_SECRET),
    SCRAM_SERVER_KEY("scram_server_key", null, Display.HIDDEN_SECRET),
    OAUTH_ISSUER("oauth_issuer", null, Display.PLAIN),
    OAUTH_CLIENT_ID("oauth_client_id", null, Display.PLAIN),
    OAUTH_CLIENT_SECRET("oauth_client_secret", null, Display.SECRET),
    OAUTH_SCOPE("oauth_scope", null, Display.PLAIN);

    /** How a value may be shown. */
    private enum Display {
        PLAIN,
        /** As asterisks. */
        SECRET,
        /** Not at all: for debugging. */
        DEBUG,
        /** Not at all, and secret. */
        HIDDEN_SECRET
    }

    private static final Map<String, ConninfoKeyword> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ConninfoKeyword::word, Function.identity()));

    private final String word;
    private final @Nullable String environmentVariable;
    private final Display display;

    ConninfoKeyword(String word, @Nullable String environmentVariable, Display display) {
        this.word = word;
        this.environmentVariable = environmentVariable;
        this.display = display;
    }

    /** Returns the keyword that is written so, or null. */
    static @Nullable ConninfoKeyword of(String word) {
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
        return display == Display.SECRET || display == Display.HIDDEN_SECRET;
    }

    boolean isShown() {
        return display == Display.PLAIN || display == Display.SECRET;
    }
}
