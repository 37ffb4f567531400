// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.auth.AccessDecision.ClientCertificate;
import io.walcast.core.error.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PgHbaTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "local replication all trust                        ! ! false ! u ! ! true",
                "local replication all trust                        ! 1.2.3.4 ! false ! u ! ! false",
                "host replication all all trust                     ! ! false ! u ! ! false",
                "host replication all all trust                     ! 1.2.3.4 ! false ! u ! ! true",
                "host replication all all trust                     ! 1.2.3.4 ! true ! u ! ! true",
                "hostnogssenc replication all all trust             ! 1.2.3.4 ! true ! u ! ! true",
                "hostgssenc replication all all trust               ! 1.2.3.4 ! true ! u ! ! false",
                "hostssl replication all all trust                  ! 1.2.3.4 ! false ! u ! ! false",
                "hostssl replication all all trust                  ! 1.2.3.4 ! true ! u ! ! true",
                "hostnossl replication all all trust                ! 1.2.3.4 ! false ! u ! ! true",
                "hostnossl replication all all trust                ! 1.2.3.4 ! true ! u ! ! false",
                "host all all all trust                             ! 1.2.3.4 ! false ! u ! ! false",
                "host all all all trust                             ! 1.2.3.4 ! false ! u ! db ! true",
                "host replication all all trust                     ! 1.2.3.4 ! false ! u ! db ! false",
                "host replication all all trust                     ! 1.2.3.4 ! false ! u ! replication ! false",
                "host \"replication\" all all trust                 ! 1.2.3.4 ! false ! u ! ! false",
                "host \"replication\" all all trust                 ! 1.2.3.4 ! false ! u ! replication ! true",
                "host db,replication all all trust                  ! 1.2.3.4 ! false ! u ! ! true",
                "host db all all trust                              ! 1.2.3.4 ! false ! u ! ! false",
                "host sameuser all all trust                        ! 1.2.3.4 ! false ! u ! u ! true",
                "host sameuser all all trust                        ! 1.2.3.4 ! false ! u ! sameuser ! false",
                "host replication u all trust                       ! 1.2.3.4 ! false ! u ! ! true",
                "host replication U all trust                       ! 1.2.3.4 ! false ! u ! ! false",
                "host replication \"all\" all trust                 ! 1.2.3.4 ! false ! u ! ! false",
                "host replication \"all\" all trust                 ! 1.2.3.4 ! false ! all ! ! true",
                "host replication v,u all trust                     ! 1.2.3.4 ! false ! u ! ! true",
                "host replication \"+u\" all trust                  ! 1.2.3.4 ! false ! +u ! ! true",
                "host replication all 1.2.3.4/32 trust              ! 1.2.3.4 ! false ! u ! ! true",
                "host replication all 1.2.3.4/32 trust              ! 1.2.3.5 ! false ! u ! ! false",
                "host replication all 1.2.3.99/24 trust             ! 1.2.3.4 ! false ! u ! ! true",
                "host replication all 1.2.3.0/25 trust              ! 1.2.3.128 ! false ! u ! ! false",
                "host replication all 1.2.3.0 255.255.255.0 trust   ! 1.2.3.4 ! false ! u ! ! true",
                "host replication all 1.2.3.4 255.0.255.255 trust   ! 1.9.3.4 ! false ! u ! ! true",
                "host replication all 0.0.0.0/0 trust               ! 9.9.9.9 ! false ! u ! ! true",
                "host replication all 0.0.0.0/0 trust               ! ::1 ! false ! u ! ! false",
                "host replication all ::/0 trust                    ! 9.9.9.9 ! false ! u ! ! false",
                "host replication all ::/0 trust                    ! fe80::1 ! false ! u ! ! true",
                "host replication all fe80::/10 trust               ! feb0::1 ! false ! u ! ! true",
                "host replication all fe80:: ffc0:: trust           ! fec0::1 ! false ! u ! ! false",
                "host replication all ::ffff:9.9.9.9/128 trust      ! 9.9.9.9 ! false ! u ! ! false",
                "host replication all samehost trust                ! 127.0.0.1 ! false ! u ! ! true",
                "host replication all samehost trust                ! 203.0.113.7 ! false ! u ! ! false",
                "host replication all samenet trust                 ! 127.9.9.9 ! false ! u ! ! true",
                "host replication all samenet trust                 ! 203.0.113.7 ! false ! u ! ! false"
            })
    void matchesAsPostgresqlDoes(
            String line,
            @Nullable String address,
            boolean encrypted,
            String user,
            @Nullable String database,
            boolean fits)
            throws UnknownHostException {
        AccessDecision decision = PgHba.parse(line, "f").decide(request(address, encrypted, user, database));

        assertThat(decision.method()).isEqualTo(fits ? AuthMethod.TRUST : AuthMethod.REJECT);
        assertThat(decision.explicit()).isEqualTo(fits);
    }

    @Test
    void takesTheFirstLineThatFits() throws UnknownHostException {
        PgHba hba = PgHba.parse("""
                host replication all 1.2.3.4/32 reject
                host replication all 1.2.0.0/16 md5
                host replication all all trust
                """, "f");

        assertThat(hba.decide(request("1.2.3.4", false, "u", null)))
                .isEqualTo(new AccessDecision(AuthMethod.REJECT, ClientCertificate.NOT_NEEDED, null, false, true));
        assertThat(hba.decide(request("1.2.3.5", false, "u", null)).method()).isEqualTo(AuthMethod.SCRAM_SHA_256);
        assertThat(hba.decide(request("1.3.3.5", false, "u", null)).method()).isEqualTo(AuthMethod.TRUST);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "scram-sha-256                                 ! SCRAM_SHA_256 ! NOT_NEEDED  !   ! false",
                "scram-sha-256 clientcert=verify-ca            ! SCRAM_SHA_256 ! VERIFY_CA   !   ! false",
                "scram-sha-256 clientcert=verify-full          ! SCRAM_SHA_256 ! VERIFY_FULL !   ! false",
                "trust clientcert=verify-full clientname=DN    ! TRUST         ! VERIFY_FULL !   ! true",
                "cert                                          ! CERT          ! VERIFY_FULL !   ! false",
                "cert map=m clientname=DN                      ! CERT          ! VERIFY_FULL ! m ! true",
                "cert map=m,clientname=CN                      ! CERT          ! VERIFY_FULL ! m ! false",
                "cert clientcert=verify-full                   ! CERT          ! VERIFY_FULL !   ! false"
            })
    void readsOptions(
            String rest, AuthMethod method, ClientCertificate certificate, @Nullable String map, boolean wholeDn)
            throws UnknownHostException {
        AccessDecision decision =
                PgHba.parse("hostssl replication all all " + rest, "f").decide(request("::1", true, "u", null));

        assertThat(decision).isEqualTo(new AccessDecision(method, certificate, map, wholeDn, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "foo all all all trust              ! invalid connection type \"foo\"",
                "HOST all all all trust             ! invalid connection type \"HOST\"",
                "host,local all all all trust       ! multiple values specified for connection type",
                "host                               ! end-of-line before database specification",
                "host all                           ! end-of-line before role specification",
                "host all all                       ! end-of-line before IP address specification",
                "host all all 10.0.0.0              ! end-of-line before netmask specification",
                "host all all 10.0.0.0/8            ! end-of-line before authentication method",
                "local all all                      ! end-of-line before authentication method",
                "host all all 10.0.0.0/8,11.0.0.0/8 trust ! multiple values specified for host address",
                "host all all 10.0.0.0 trust        ! invalid IP mask \"trust\"",
                "host all all 10.0.0.0 255.0.0.0,1.1.1.1 trust ! multiple values specified for netmask",
                "host all all 10.0.0.0 ffff:: trust ! IP address and mask do not match",
                "host all all 10.0.0.0/33 trust     ! invalid CIDR mask in address \"10.0.0.0/33\"",
                "host all all ::1/129 trust         ! invalid CIDR mask in address \"::1/129\"",
                "host all all 10.0.0.0/ trust       ! invalid CIDR mask in address \"10.0.0.0/\"",
                "host all all 10.0.0.0/-1 trust     ! invalid CIDR mask in address \"10.0.0.0/-1\"",
                "host all all 10.0.0.0/8/8 trust    ! invalid CIDR mask in address \"10.0.0.0/8/8\"",
                "host all all 10.0.0.0/8 255.0.0.0 trust ! invalid authentication method \"255.0.0.0\"",
                "host all all x.org/8 trust         ! specifying both host name and CIDR mask is invalid: \"x.org/8\"",
                "host all all x.org trust           ! a host name (\"x.org\") is not supported",
                "host all all .x.org trust          ! a host name (\".x.org\") is not supported",
                "host all all ALL trust             ! a host name (\"ALL\") is not supported",
                "host all all \"all\" trust         ! a host name (\"all\") is not supported",
                "host all all 10.1 trust            ! a host name (\"10.1\") is not supported",
                "host all all 010.0.0.1/8 trust     ! this form of address (\"010.0.0.1/8\") is not supported",
                "host all all 256.0.0.1/8 trust     ! this form of address (\"256.0.0.1/8\") is not supported",
                "host all all fe80::1%lo/64 trust   ! this form of address (\"fe80::1%lo/64\") is not supported",
                "host all all :::/64 trust          ! specifying both host name and CIDR mask is invalid: \":::/64\"",
                "host all +g all trust              ! membership of a role (\"+g\") is not supported",
                "host all /^x all trust             ! a regular expression (\"/^x\") is not supported",
                "host all \"/^x\" all trust         ! a regular expression (\"/^x\") is not supported",
                "host /^x all all trust             ! a regular expression (\"/^x\") is not supported",
                "host samerole all all trust        ! \"samerole\" is not supported",
                "host samegroup all all trust       ! \"samegroup\" is not supported",
                "host all all all nosuch            ! invalid authentication method \"nosuch\"",
                "host all all all Trust             ! invalid authentication method \"Trust\"",
                "host all all all trust,reject      ! multiple values specified for authentication type",
                "host all all all password          ! authentication method \"password\" is not supported",
                "host all all all ldap x=y          ! authentication method \"ldap\" is not supported",
                "local all all peer                 ! authentication method \"peer\" is not supported",
                "host all all all cert              ! cert authentication is only supported on hostssl connections",
                "local all all cert                 ! cert authentication is only supported on hostssl connections",
                "host all all all trust x           ! authentication option not in name=value format: x",
                "host all all all trust x=y         ! unrecognized authentication option name: \"x\"",
                "host all all all trust clientcert=verify-ca"
                        + " ! clientcert can only be configured for \"hostssl\" rows",
                "host all all all trust clientname=CN ! clientname can only be configured for \"hostssl\" rows",
                "hostssl all all all trust clientname=x ! invalid value for clientname: \"x\"",
                "hostssl all all all trust clientcert=1 ! invalid value for clientcert: \"1\"",
                "hostssl all all all cert clientcert=verify-ca"
                        + " ! clientcert can only be set to \"verify-full\" when using \"cert\" authentication",
                "hostssl all all all scram-sha-256 map=x"
                        + " ! authentication option \"map\" is only valid for authentication method cert",
                "host all \"open all trust          ! end-of-line before IP address specification"
            })
    void namesFileAndLineOfWhatCannotBeUsed(String line, String reason) {
        assertThatThrownBy(() -> PgHba.parse("local all all trust\n" + line, "pg_hba.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("pg_hba.conf, line 2: " + reason);
    }

    @Test
    void refusesAFileWithoutRules() {
        assertThatThrownBy(() -> PgHba.parse("# nothing\n", "pg_hba.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("configuration file \"pg_hba.conf\" contains no entries");
    }

    @Test
    void survivesEveryTruncation() {
        String line = "hostssl \"a b\",replication u1,u2 10.1.2.0/24 cert map=m clientname=DN";

        for (int i = 1; i < line.length(); i++) {
            String part = line.substring(0, i);
            try {
                PgHba.parse(part, "f");
            } catch (ConfigurationException e) {
                assertThat(e).hasMessageStartingWith("f, line 1: ");
            }
        }
    }

    private static AccessRequest request(
            @Nullable String address, boolean encrypted, String user, @Nullable String database)
            throws UnknownHostException {
        return new AccessRequest(address == null ? null : InetAddress.getByName(address), encrypted, user, database);
    }
}
