// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.error.ConfigurationException;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.ConnectOptions.Policy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectSettingsTest {

    private static ConnectSettings settings(String conninfo) {
        return settings(conninfo, Map.of());
    }

    private static ConnectSettings settings(String conninfo, Map<String, String> environment) {
        return settings(conninfo, environment, Mode.PHYSICAL, Policy.LIBPQ);
    }

    private static ConnectSettings settings(
            String conninfo, Map<String, String> environment, Mode mode, Policy policy) {
        return ConnectSettings.of(
                new ConninfoValues(Conninfo.parse(conninfo), environment), mode, "walreceiver", policy);
    }

    @Test
    void hasLibpqsDefaults() {
        ConnectSettings settings = settings("", Map.of("HOME", "/home/u"));

        assertThat(settings.user()).isEqualTo(System.getProperty("user.name"));
        assertThat(settings.hosts())
                .singleElement()
                .satisfies(host -> assertThat(host.port()).isEqualTo(5432));
        assertThat(settings.password()).isNull();
        assertThat(settings.passfile()).isEqualTo(Path.of("/home/u/.pgpass"));
        assertThat(settings.connectTimeout()).isZero();
        assertThat(settings.attributes()).isEqualTo(SessionAttributes.ANY);
        assertThat(settings.socket()).isEqualTo(new SocketSettings(true, 0, 0, 0, 0));
        assertThat(settings.tls())
                .isEqualTo(new TlsSettings(
                        TlsSettings.Mode.PREFER,
                        false,
                        Path.of("/home/u/.postgresql/root.crt"),
                        false,
                        new Revocations(Path.of("/home/u/.postgresql/root.crl"), false, null),
                        new ClientCertificate(
                                ClientCertificate.Mode.ALLOW,
                                Path.of("/home/u/.postgresql/postgresql.crt"),
                                Path.of("/home/u/.postgresql/postgresql.key"),
                                null),
                        true,
                        List.of("TLSv1.2", "TLSv1.3")));
        assertThat(settings.auth().allowed()).containsExactlyInAnyOrder(AuthSettings.Method.values());
        assertThat(settings.auth().channelBinding()).isEqualTo(AuthSettings.ChannelBinding.PREFER);
    }

    private static ConnectSettings strict(String conninfo) {
        return settings(conninfo, Map.of(), Mode.PHYSICAL, Policy.STRICT);
    }

    @Test
    void isStricterWhenAskedTo() {
        ConnectSettings strict = strict("host=db.example.org");

        assertThat(strict.tls().mode()).isEqualTo(TlsSettings.Mode.VERIFY_FULL);
        assertThat(strict.auth().allowed()).containsExactly(AuthSettings.Method.SCRAM_SHA_256);
        assertThat(strict.auth().certificateCounts()).isTrue();
        assertThat(strict.auth().smallestIterations()).isEqualTo(4096);
        assertThat(settings("host=db.example.org").auth().certificateCounts()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host=localhost",
                "host=127.0.0.1",
                "host=::1",
                "host=/tmp",
                "host=x hostaddr=127.0.0.9",
                "host=/tmp,localhost"
            })
    void isNotStricterAboutTlsOnThisMachine(String conninfo) {
        assertThat(strict(conninfo).tls().mode()).isEqualTo(TlsSettings.Mode.PREFER);
        assertThat(strict(conninfo + " sslmode=disable").auth().allowed())
                .containsExactly(AuthSettings.Method.SCRAM_SHA_256);
    }

    @Test
    void asksNoAnswerOfASocketOfThisMachineEvenWhenStrict() {
        AuthSettings auth = strict("host=/tmp,localhost").auth();

        assertThat(auth.at(new HostEntry("/tmp", null, 5432)).allowed()).contains(AuthSettings.Method.NONE);
        assertThat(auth.at(new HostEntry("localhost", null, 5432))).isEqualTo(auth);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host=db sslmode=disable|sslmode=disable is too weak for host \"db\": the policy is strict (use verify-full)",
                "host=/tmp,db sslmode=verify-ca|sslmode=verify-ca is too weak for host \"db\": the policy is strict (use verify-full)",
                "host=localhost hostaddr=10.0.0.1 sslmode=require|sslmode=require is too weak for host \"localhost\": the policy is strict (use verify-full)",
                "host=db require_auth=md5|require_auth=md5 is too weak: the policy is strict (use scram-sha-256)",
                "host=db require_auth=!password|require_auth=!password is too weak: the policy is strict (use scram-sha-256)",
            })
    void refusesLessThanStrict(String conninfo, String message) {
        assertThatThrownBy(() -> strict(conninfo))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @Test
    void takesFromTheEnvironmentWhatTheConninfoLeavesOpen() {
        Map<String, String> environment = Map.of(
                "PGHOST",
                "e",
                "PGPORT",
                "7",
                "PGUSER",
                "eu",
                "PGPASSWORD",
                "pw",
                "PGAPPNAME",
                "app",
                "PGSSLMODE",
                "require",
                "PGCONNECT_TIMEOUT",
                "9");

        ConnectSettings settings = settings("host=c", environment);

        assertThat(settings.hosts()).containsExactly(new HostEntry("c", null, 7));
        assertThat(settings.user()).isEqualTo("eu");
        assertThat(settings.password()).isNotNull();
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(settings.startupParameters()).containsEntry("application_name", "app");
        assertThat(settings.tls().mode()).isEqualTo(TlsSettings.Mode.REQUIRE);
        assertThat(settings("application_name=x", environment).startupParameters())
                .containsEntry("application_name", "x");
    }

    @Test
    void startsAPhysicalConnectionAsPgReceivewalDoes() {
        assertThat(settings("user=rep replication=no options='-c a=b'", Map.of("PGDATABASE", "postgres"))
                        .startupParameters())
                .containsExactly(
                        Map.entry("user", "rep"),
                        Map.entry("database", "replication"),
                        Map.entry("replication", "true"),
                        Map.entry("options", "-c a=b"),
                        Map.entry("application_name", "walreceiver"));
        assertThat(settings("user=rep dbname=d fallback_application_name=f").startupParameters())
                .containsEntry("database", "d")
                .containsEntry("application_name", "f");
    }

    @Test
    void startsALogicalConnectionAsASubscriberDoes() {
        assertThat(settings("user=u options='-c a=b'", Map.of("PGDATABASE", "d"), Mode.LOGICAL, Policy.LIBPQ)
                        .startupParameters())
                .containsExactly(
                        Map.entry("user", "u"),
                        Map.entry("database", "d"),
                        Map.entry("replication", "database"),
                        Map.entry(
                                "options", "-c a=b -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3"),
                        Map.entry("application_name", "walreceiver"),
                        Map.entry("client_encoding", "UTF8"));
        assertThat(settings("user=u", Map.of(), Mode.SQL, Policy.LIBPQ).startupParameters())
                .doesNotContainKey("replication")
                .containsEntry("database", "u");
    }

    @Test
    void readsListsOfHosts() {
        assertThat(settings("host=a,b,c port=1,2,3").hosts())
                .containsExactly(new HostEntry("a", null, 1), new HostEntry("b", null, 2), new HostEntry("c", null, 3));
        assertThat(settings("host=a,b port=9").hosts())
                .containsExactly(new HostEntry("a", null, 9), new HostEntry("b", null, 9));
        assertThat(settings("host=a,b port=1,").hosts())
                .containsExactly(new HostEntry("a", null, 1), new HostEntry("b", null, 5432));
        assertThat(settings("host=a,b hostaddr=127.0.0.1,::1").hosts())
                .containsExactly(new HostEntry("a", "127.0.0.1", 5432), new HostEntry("b", "::1", 5432));
        assertThat(settings("hostaddr=127.0.0.1").hosts()).containsExactly(new HostEntry(null, "127.0.0.1", 5432));
        assertThat(settings("host=/tmp port=5433").hosts()).singleElement().satisfies(host -> {
            assertThat(host.isSocket()).isTrue();
            assertThat(host.socketPath()).isEqualTo("/tmp/.s.PGSQL.5433");
        });
        assertThat(settings("host=a,,b").hosts()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "host=a port=0|invalid port number: \"0\"",
                "host=a port=65536|invalid port number: \"65536\"",
                "host=a port=-1|invalid port number: \"-1\"",
                "host=a port=4294967293|invalid port number: \"4294967293\"",
                "host=a port=5432x|invalid integer value \"5432x\" for connection option \"port\"",
                "host=a,b,c port=1,2|could not match 2 port numbers to 3 hosts",
                "host=a,b hostaddr=1.1.1.1|could not match 2 host names to 1 hostaddr values",
                "hostaddr=foo|could not parse network address \"foo\": Name or service not known",
                "host=a,b hostaddr=/tmp,300.1.1.1|could not parse network address \"/tmp\": Name or service not known",
                "connect_timeout=x|invalid integer value \"x\" for connection option \"connect_timeout\"",
                "sslmode=requir|invalid sslmode value: \"requir\"",
                "channel_binding=always|invalid channel_binding value: \"always\"",
                "require_auth=kerberos|invalid require_auth value: \"kerberos\"",
                "require_auth=md5,!scram-sha-256|negative require_auth method \"!scram-sha-256\" cannot be mixed with non-negative methods",
                "require_auth=!md5,scram-sha-256|require_auth method \"scram-sha-256\" cannot be mixed with negative methods",
                "require_auth=md5,md5|require_auth method \"md5\" is specified more than once",
                "sslrootcert=system sslmode=require|weak sslmode \"require\" may not be used with sslrootcert=system (use \"verify-full\")",
                "ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2|invalid SSL protocol version range",
                "ssl_min_protocol_version=TLSv1|TLS below 1.2 is not supported",
                "ssl_min_protocol_version=SSLv3|invalid \"ssl_min_protocol_version\" value: \"SSLv3\"",
                "target_session_attrs=any-standby|invalid target_session_attrs value: \"any-standby\"",
                "gssencmode=require|gssencmode=require is not supported",
                "sslnegotiation=x|invalid sslnegotiation value: \"x\"",
                "sslnegotiation=direct|weak sslmode \"prefer\" may not be used with sslnegotiation=direct (use \"require\", \"verify-ca\", or \"verify-full\")",
                "load_balance_hosts=x|invalid load_balance_hosts value: \"x\"",
                "max_protocol_version=3.1|invalid max_protocol_version value: \"3.1\"",
                "min_protocol_version=3.2 max_protocol_version=3.0|\"min_protocol_version\" is greater than \"max_protocol_version\"",
                "sslcertmode=x|invalid sslcertmode value: \"x\"",
                "sslmode=''|invalid sslmode value: \"\"",
                "channel_binding=''|invalid channel_binding value: \"\"",
                "target_session_attrs=''|invalid target_session_attrs value: \"\"",
                "load_balance_hosts=''|invalid load_balance_hosts value: \"\"",
                "min_protocol_version=''|invalid min_protocol_version value: \"\"",
                "servicefile=x|invalid connection option \"servicefile\"",
                "gssencmode=x|invalid gssencmode value: \"x\"",
            })
    void refusesByName(String conninfo, String message) {
        assertThatThrownBy(() -> settings(conninfo))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }

    @Test
    void saysWhichVariableAsksForWhatIsNotSupported() {
        assertThatThrownBy(() -> settings("host=a", Map.of("PGGSSENCMODE", "require")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("gssencmode=require is not supported (environment variable PGGSSENCMODE)");
    }

    @Test
    void understandsWhatWasWrittenBeforeThereWasSslmode() {
        assertThat(settings("requiressl=1").tls().mode()).isEqualTo(TlsSettings.Mode.REQUIRE);
        assertThat(settings("requiressl=0").tls().mode()).isEqualTo(TlsSettings.Mode.PREFER);
        assertThat(settings("postgresql://h/?requiressl=1").tls().mode()).isEqualTo(TlsSettings.Mode.REQUIRE);
        assertThat(settings("", Map.of("PGREQUIRESSL", "1")).tls().mode()).isEqualTo(TlsSettings.Mode.REQUIRE);
        assertThat(settings("", Map.of("PGREQUIRESSL", "1", "PGSSLMODE", "disable"))
                        .tls()
                        .mode())
                .isEqualTo(TlsSettings.Mode.DISABLE);
    }

    @Test
    void asksForProtocolVersionsAsLibpqDoes() {
        assertThat(settings("").protocol()).isEqualTo(new ProtocolVersions(3 << 16, 3 << 16));
        assertThat(settings("max_protocol_version=3.2").protocol())
                .isEqualTo(new ProtocolVersions(3 << 16, (3 << 16) + 2));
        assertThat(settings("min_protocol_version=3.2").protocol())
                .isEqualTo(new ProtocolVersions((3 << 16) + 2, (3 << 16) + 2));
        assertThat(settings("", Map.of("PGMAXPROTOCOLVERSION", "latest"))
                        .protocol()
                        .highest())
                .isEqualTo((3 << 16) + 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gssencmode=disable",
                "gssencmode=prefer",
                "sslcompression=1",
                "requirepeer=postgres",
                "require_auth=''",
                "sslsni=2",
                "load_balance_hosts=random",
                "sslnegotiation=postgres",
                "krbsrvname=postgres",
                "connect_timeout=-5",
                "keepalives_idle=-1"
            })
    void acceptsWhatAsksForNothing(String conninfo) {
        assertThat(settings(conninfo).connectTimeout()).isZero();
    }

    @Test
    void neverGivesUpWithinTwoSeconds() {
        assertThat(settings("connect_timeout=1").connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings("connect_timeout=' 10 '").connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void readsNegativeAuthenticationDemands() {
        assertThat(settings("require_auth=!md5,!password").auth().allowed())
                .doesNotContain(AuthSettings.Method.MD5, AuthSettings.Method.PASSWORD)
                .contains(AuthSettings.Method.SCRAM_SHA_256, AuthSettings.Method.NONE);
    }

    @Test
    void refusesASocketPathThatIsTooLong() {
        HostEntry entry = new HostEntry("/" + "x".repeat(100), null, 5432);

        assertThatThrownBy(entry::socketPath).hasMessageContaining("is too long (maximum 107 bytes)");
    }

    @Test
    void keepsThePasswordOutOfItsTextForm() {
        assertThat(settings("password=hunter2 sslpassword=hunter2")).asString().doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "ANY, off, off, ok",
        "READ_WRITE, off, off, ok",
        "READ_WRITE, off, on, session is read-only",
        "READ_WRITE, on, off, session is read-only",
        "READ_ONLY, off, off, session is not read-only",
        "READ_ONLY, on, off, ok",
        "PRIMARY, off, on, ok",
        "PRIMARY, on, off, server is in hot standby mode",
        "STANDBY, off, off, server is not in hot standby mode",
        "PREFER_STANDBY, on, off, ok",
    })
    void choosesServersByWhatTheyReport(SessionAttributes wanted, String standby, String readOnly, String objection) {
        Map<String, String> parameters = Map.of("in_hot_standby", standby, "default_transaction_read_only", readOnly);

        assertThat(wanted.objection(parameters)).isEqualTo(objection.equals("ok") ? null : objection);
    }
}
