// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.core.error.ServerErrorException;
import io.walcast.guc.Settings;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of a session, in a PostgreSQL and here: what is shown after, or the refusal. */
@Timeout(120)
class SettingsDifferenceIT {
    private static final List<String> NAMES = List.of(
            "wal_sender_timeout",
            "statement_timeout",
            "work_mem",
            "extra_float_digits",
            "geqo",
            "IntervalStyle",
            "DateStyle",
            "TimeZone",
            "client_min_messages",
            "synchronous_commit",
            "default_transaction_isolation",
            "application_name",
            "max_wal_senders",
            "ssl",
            "server_version_num",
            "wal_keep_size",
            "nosuch",
            "a.b",
            "a.");
    private static final List<String> VALUES = List.of(
            "",
            "0",
            "1",
            "-1",
            "64",
            "+5",
            "010",
            "08",
            "0x10",
            "0x",
            "1e3",
            "1e",
            ".5s",
            "1.5s",
            "0.4ms",
            "0.6",
            "5 s",
            " 5s ",
            "5  S",
            "5s5",
            "1min",
            "90s",
            "3600s",
            "36h",
            "2d",
            "1us",
            "999us",
            "1500us",
            "10kB",
            "1MB",
            "1.1MB",
            "1023kB",
            "1GB",
            "2TB",
            "1B",
            "99999999999",
            "2147483647",
            "2147483648",
            "-2147483649",
            "1e400",
            "nan",
            "inf",
            "on",
            "ON",
            "of",
            "o",
            "t",
            "yE",
            "no",
            "default",
            "iso",
            "ISO_8601",
            "sql",
            "sql,dmy",
            "german",
            "german,mdy",
            "ymd",
            "iso,sql",
            "iso,iso,us",
            "postgres, euro",
            "iso,,us",
            "xyz",
            "utc",
            "europe/berlin",
            "+3",
            "-5",
            "Mars/X",
            "<+02>-02",
            "EST5EDT",
            "debug",
            "notice",
            "read committed",
            "SERIALIZABLE",
            "local",
            "w\u00e9x");

    /** What PostgreSQL takes for a zone in the form of POSIX, though it hardly is one. */
    private static final Pattern NO_ZONE = Pattern.compile("[ .0-9].+");

    /** Sets, shows and takes back; the driver minds when what it has set itself is changed. */
    private static final String TRY = """
            CREATE FUNCTION pg_temp.tried(name text, value text) RETURNS text LANGUAGE plpgsql AS $$
            DECLARE shown text;
            BEGIN
                PERFORM set_config(name, value, false);
                shown := current_setting(name);
                RAISE EXCEPTION USING ERRCODE = 'P9999';
            EXCEPTION
                WHEN SQLSTATE 'P9999' THEN RETURN shown;
                WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
            END $$""";

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {15, 18})
    void areTakenAndShownAlike(int major) throws SQLException {
        Settings settings = Settings.DEFAULTS.serving(major, 16 << 20);
        StringBuilder differences = new StringBuilder();
        try (PostgresServer server = PostgresServer.start(Options.of(major));
                Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(TRY);
            PreparedStatement tried = connection.prepareStatement("SELECT pg_temp.tried(?, ?)");
            for (String name : NAMES) {
                for (String value : VALUES) {
                    if (name.equals("TimeZone") && NO_ZONE.matcher(value).matches()) {
                        continue;
                    }
                    String theirs = theirs(tried, name, value);
                    String ours = ours(settings, name, value);
                    if (!ours.equals(theirs)) {
                        differences.append("%s=%s: %s, not %s%n".formatted(name, value, ours, theirs));
                    }
                }
            }
        }
        assertThat(differences.toString()).isEmpty();
    }

    private static String ours(Settings settings, String name, String value) {
        try {
            return settings.withOverride(name, value).show(name);
        } catch (ServerErrorException e) {
            return e.sqlState() + " " + e.fields().message();
        }
    }

    private static String theirs(PreparedStatement tried, String name, String value) throws SQLException {
        tried.setString(1, name);
        tried.setString(2, value);
        try (ResultSet row = tried.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
