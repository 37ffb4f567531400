// SPDX-License-Identifier: Apache-2.0
package io.walcast.guc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    @ParameterizedTest
    @CsvSource({
        "wal_sender_timeout, 1min",
        "wal_keep_size, 0",
        "max_slot_wal_keep_size, -1",
        "max_wal_senders, 10",
        "max_replication_slots, 10",
        "max_connections, 100",
        "data_directory_mode, 0700",
        "wal_segment_size, 16MB",
        "wal_receiver_status_interval, 10s",
        "authentication_timeout, 10s",
        "log_replication_commands, off",
        "ssl, off",
        "ssl_cert_file, server.crt",
        "ssl_key_file, server.key",
        "ssl_min_protocol_version, TLSv1.2",
        "scram_iterations, 4096",
        "wal_removal, off",
        "DateStyle, 'ISO, MDY'",
        "work_mem, 4MB",
        "server_version, ''"
    })
    void printsDefaultsAsPostgresqlDoes(String name, String shown) {
        assertThat(Settings.DEFAULTS.show(name)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "wal_sender_timeout, 1.5s, 1500ms",
        "wal_sender_timeout, 1e3, 1s",
        "wal_sender_timeout, 0x10, 16ms",
        "wal_sender_timeout, 010, 8ms",
        "wal_sender_timeout, ' 5 s ', 5s",
        "wal_sender_timeout, 2d, 2d",
        "wal_sender_timeout, 90min, 90min",
        "wal_sender_timeout, 400us, 0",
        "wal_sender_timeout, .5s, 500ms",
        "wal_sender_timeout, 0, 0",
        "wal_keep_size, 1GB, 1GB",
        "wal_keep_size, 1536, 1536MB",
        "wal_keep_size, 1.1GB, 1126MB",
        "wal_keep_size, 1TB, 1TB",
        "wal_keep_size, 1024kB, 1MB",
        "wal_segment_size, 1048576, 1MB",
        "ssl, ON, on",
        "ssl, t, on",
        "ssl, of, off",
        "ssl, 0, off",
        "IntervalStyle, ISO_8601, iso_8601",
        "client_encoding, utf-8, UTF8",
        "client_encoding, windows1252, WIN1252",
        "DateStyle, 'german', 'German, DMY'",
        "DateStyle, 'german, ymd', 'German, YMD'",
        "DateStyle, 'postgres,euro', 'Postgres, DMY'",
        "TimeZone, utc, UTC",
        "TimeZone, europe/berlin, Europe/Berlin",
        "TimeZone, +3, <+03>-03",
        "TimeZone, <+02>-02, <+02>-02"
    })
    void readsAndPrintsValues(String name, String written, String shown) {
        assertThat(Settings.DEFAULTS.with(name, written).show(name)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "wal_sender_timeout, -1, 22023, '-1 ms is outside the valid range for parameter \"wal_sender_timeout\""
                + " (0 ms .. 2147483647 ms)', ",
        "extra_float_digits, 9, 22023, '9 is outside the valid range for parameter \"extra_float_digits\" (-15 .. 3)', ",
        "wal_sender_timeout, 5kB, 22023, 'invalid value for parameter \"wal_sender_timeout\": \"5kB\"',"
                + " 'Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".'",
        "wal_sender_timeout, 99999999999, 22023, 'invalid value for parameter \"wal_sender_timeout\": \"99999999999\"',"
                + " 'Value exceeds integer range.'",
        "wal_sender_timeout, '', 22023, 'invalid value for parameter \"wal_sender_timeout\": \"\"', ",
        "wal_sender_timeout, default, 22023, 'invalid value for parameter \"wal_sender_timeout\": \"default\"', ",
        "extra_float_digits, 1kB, 22023, 'invalid value for parameter \"extra_float_digits\": \"1kB\"', ",
        "geqo, maybe, 22023, 'parameter \"geqo\" requires a Boolean value', ",
        "geqo, o, 22023, 'parameter \"geqo\" requires a Boolean value', ",
        "IntervalStyle, zz, 22023, 'invalid value for parameter \"IntervalStyle\": \"zz\"',"
                + " 'Available values: postgres, postgres_verbose, sql_standard, iso_8601.'",
        "client_encoding, zz, 22023, 'invalid value for parameter \"client_encoding\": \"zz\"', ",
        "TimeZone, Mars/X, 22023, 'invalid value for parameter \"TimeZone\": \"Mars/X\"', ",
        "nosuch, 1, 42704, 'unrecognized configuration parameter \"nosuch\"', ",
        "a., 1, 42602, 'invalid configuration parameter name \"a.\"', ",
        "MAX_WAL_SENDERS, 5, 55P02,"
                + " 'parameter \"max_wal_senders\" cannot be changed without restarting the server', ",
        "ssl, on, 55P02, 'parameter \"ssl\" cannot be changed now', ",
        "server_version, 3, 55P02, 'parameter \"server_version\" cannot be changed', ",
        "in_hot_standby, on, 55P02, 'parameter \"in_hot_standby\" cannot be changed', ",
        "log_replication_commands, on, 42501, 'permission denied to set parameter \"log_replication_commands\"', "
    })
    void refusesAnOverrideInPostgresqlsWords(
            String name, String value, String state, String message, @Nullable String hint) {
        assertThatThrownBy(() -> Settings.DEFAULTS.withOverride(name, value))
                .isInstanceOfSatisfying(ServerErrorException.class, e -> {
                    assertThat(e.fields().severity()).isEqualTo("FATAL");
                    assertThat(e.sqlState()).isEqualTo(new SqlState(state));
                    assertThat(e.fields().message()).isEqualTo(message);
                    assertThat(e.fields().hint()).isEqualTo(hint);
                });
    }

    @Test
    void findsASettingInAnyCase() {
        assertThat(Settings.DEFAULTS.show("WAL_Sender_Timeout")).isEqualTo("1min");
        assertThat(Settings.DEFAULTS.canonicalName("datestyle")).isEqualTo("DateStyle");
        assertThatThrownBy(() -> Settings.DEFAULTS.show("nosuch"))
                .isInstanceOfSatisfying(
                        ServerErrorException.class,
                        e -> assertThat(e.fields().severity() + e.sqlState()).isEqualTo("ERROR42704"));
    }

    @Test
    void givesValuesInTheCallersUnits() {
        Settings settings = Settings.parse(
                "wal_sender_timeout = 2min\nwal_keep_size 1GB\nmax_wal_senders = 3\nwal_removal = on\n"
                        + "wal_receiver_status_interval=1h",
                "f");

        assertThat(settings.duration("wal_sender_timeout")).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.duration("wal_receiver_status_interval")).isEqualTo(Duration.ofHours(1));
        assertThat(settings.bytes("wal_keep_size")).isEqualTo(1L << 30);
        assertThat(settings.megabytes("wal_keep_size")).isEqualTo(1024);
        assertThat(settings.megabytes("max_slot_wal_keep_size")).isEqualTo(-1);
        assertThat(settings.integer("max_wal_senders")).isEqualTo(3);
        assertThat(settings.bool("wal_removal")).isTrue();
        assertThatThrownBy(() -> settings.bool("wal_keep_size")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.duration("wal_keep_size")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesTheNodesOwnSettingsAlone() {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("wal_sender_timeout", "5s");
        overrides.put("My.Own", "x y");

        Settings session = Settings.DEFAULTS.withOverrides(overrides);

        assertThat(session.show("wal_sender_timeout")).isEqualTo("5s");
        assertThat(session.show("my.own")).isEqualTo("x y");
        assertThat(session.canonicalName("MY.OWN")).isEqualTo("My.Own");
        assertThat(Settings.DEFAULTS.show("wal_sender_timeout")).isEqualTo("1min");
        assertThat(Settings.DEFAULTS.has("my.own")).isFalse();
    }

    @Test
    void readsHostileOverridesInNoTime() {
        String manyDots = "a" + ".a".repeat(50_000);

        assertThat(Settings.DEFAULTS.withOverride(manyDots, "x").show(manyDots)).isEqualTo("x");
        for (String value :
                new String[] {"9".repeat(10_000), ",".repeat(10_000), "<".repeat(10_000), "1e" + "9".repeat(99)}) {
            for (String name :
                    new String[] {"wal_sender_timeout", "DateStyle", "TimeZone", "client_encoding", "geqo"}) {
                assertThatThrownBy(() -> Settings.DEFAULTS.withOverride(name, value))
                        .isInstanceOf(ServerErrorException.class);
            }
        }
    }

    @Test
    void takesOptionsOfTheCommandLineLikeTheFile() {
        assertThat(Settings.DEFAULTS.withOption("server_version", "15.1").text("server_version"))
                .isEqualTo("15.1");
        assertThatThrownBy(() -> Settings.DEFAULTS.withOption("wal_segment_size", "1MB"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("parameter \"wal_segment_size\" cannot be changed");
        assertThatThrownBy(() -> Settings.DEFAULTS.withOption("nosuch", "1"))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void keepsNamesShortAndPrintable() {
        assertThat(Settings.DEFAULTS.with("application_name", "w\u00e9x\n").text("application_name"))
                .isEqualTo("w\\xc3\\xa9x\\x0a");
        assertThat(Settings.DEFAULTS
                        .serving(15, 1 << 24)
                        .with("application_name", "w\u00e9x")
                        .text("application_name"))
                .isEqualTo("w??x");
        assertThat(Settings.DEFAULTS.with("application_name", "x".repeat(70)).text("application_name"))
                .hasSize(63);
    }

    @Test
    void announcesTheVersionOfTheWalUnlessToldAnother() {
        Settings plain = Settings.DEFAULTS.serving(17, 1 << 20);
        Settings told = Settings.parse("server_version = '15.18 (Debian)'", "f").serving(17, 1 << 20);

        assertThat(plain.show("server_version")).isEqualTo("17.0");
        assertThat(plain.show("server_version_num")).isEqualTo("170000");
        assertThat(plain.show("wal_segment_size")).isEqualTo("1MB");
        assertThat(told.show("server_version")).isEqualTo("15.18 (Debian)");
        assertThat(told.show("server_version_num")).isEqualTo("150018");
        assertThat(told.majorVersion()).isEqualTo(15);
    }

    @Test
    void reloadsAllButWhatNeedsARestart() {
        Settings next = Settings.parse("max_wal_senders = 3\nwal_keep_size = 1GB", "f");

        Settings reloaded = Settings.DEFAULTS.serving(16, 1 << 24).reloaded(next);

        assertThat(reloaded.show("max_wal_senders")).isEqualTo("10");
        assertThat(reloaded.show("wal_keep_size")).isEqualTo("1GB");
        assertThat(reloaded.show("server_version")).isEqualTo("16.0");
        assertThat(Settings.DEFAULTS.needRestart(next)).isEqualTo(List.of("max_wal_senders"));
        assertThat(Settings.DEFAULTS.differences(next)).isEqualTo(List.of("max_wal_senders", "wal_keep_size"));
        assertThat(next.differences(next)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "15, 'application_name client_encoding DateStyle default_transaction_read_only in_hot_standby integer_datetimes"
                + " IntervalStyle is_superuser server_encoding server_version session_authorization"
                + " standard_conforming_strings TimeZone'",
        "16, 'in_hot_standby integer_datetimes TimeZone IntervalStyle is_superuser application_name"
                + " default_transaction_read_only scram_iterations DateStyle standard_conforming_strings"
                + " session_authorization client_encoding server_version server_encoding'",
        "18, 'in_hot_standby integer_datetimes TimeZone IntervalStyle search_path is_superuser application_name"
                + " default_transaction_read_only scram_iterations DateStyle standard_conforming_strings"
                + " session_authorization client_encoding server_version server_encoding'"
    })
    void reportsWhatThatVersionReports(int major, String names) {
        assertThat(Settings.DEFAULTS.serving(major, 1 << 24).reported().keySet())
                .containsExactly(names.split(" "));
    }

    @Test
    void namesFileAndLineOfWhatCannotBeUsed() {
        assertThatThrownBy(() -> Settings.parse("ssl = on\n\nwal_keep_size = 1 h", "walcast.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("syntax error in file \"walcast.conf\" line 3, near token \"h\"");
        assertThatThrownBy(() -> Settings.parse("\nwal_keep_size = '1 h'", "walcast.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("walcast.conf, line 2: invalid value for parameter \"wal_keep_size\": \"1 h\""
                        + " (Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".)");
        assertThatThrownBy(() -> Settings.parse("shared_buffers = 1GB", "walcast.conf"))
                .hasMessage("walcast.conf, line 1: unrecognized configuration parameter \"shared_buffers\"");
        assertThatThrownBy(() -> Settings.parse("wal_segment_size = 1MB", "walcast.conf"))
                .hasMessage("walcast.conf, line 1: parameter \"wal_segment_size\" cannot be changed");
    }

    @Test
    void keepsWhatIsSaidOfExtensions() {
        Settings node = Settings.parse("Grpc.Window = 4MB\ngrpc.window = 8MB\nother.x = 'a b'", "walcast.conf")
                .withOption("grpc.keepalive", "10s");

        assertThat(node.custom("GRPC")).containsOnly(entry("window", "8MB"), entry("keepalive", "10s"));
        assertThat(node.custom("other")).containsOnly(entry("x", "a b"));
        assertThat(node.custom("oth")).isEmpty();
        assertThat(node.show("grpc.WINDOW")).isEqualTo("8MB");
        assertThat(node.canonicalName("grpc.window")).isEqualTo("Grpc.Window");
        assertThatThrownBy(() -> Settings.DEFAULTS.withOption("a.b-c", "1")).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void takesOverByAReloadWhatIsSaidOfExtensions() {
        Settings before = Settings.parse("a.x = 1\na.y = 1\na.z = 1", "walcast.conf");
        Settings read = Settings.parse("a.x = 1\na.y = 2\na.new = 3", "walcast.conf");

        Settings next = before.reloaded(read);

        assertThat(before.differences(next)).containsExactly("a.new", "a.y", "a.z");
        assertThat(next.custom("a")).containsOnly(entry("x", "1"), entry("y", "2"), entry("new", "3"));
        assertThat(next.has("a.z")).isFalse();
    }
}
