// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.differential;

import io.walcast.testkit.standby.FrontendBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What comes before the first command. */
final class StartupCases {
    private static final Map<String, String> REPLICATOR = Map.of("user", "replicator", "replication", "true");

    private StartupCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (String value : List.of("true", "on", "1", "yes", "TRUE", "t", "tru", "maybe", "", "2", "o")) {
            cases.add(Case.of(
                    "replication=" + value, (talk, site) -> talk.session("user=replicator", "replication=" + value)));
        }
        for (String value : List.of("false", "off", "0", "no")) {
            cases.add(Case.of(
                    "no replication: " + value,
                    (talk, site) -> talk.session("user=replicator", "database=postgres", "replication=" + value)));
        }
        cases.add(Case.of(
                "replication=database",
                (talk, site) -> talk.session("user=replicator", "database=postgres", "replication=database")));
        for (String options : List.of(
                "-c wal_sender_timeout=7s",
                "--wal-sender-timeout=7s",
                "-c statement_timeout=1min -c wal_sender_timeout=7s",
                "-c wal_sender_timeout=never",
                "-c wal_sender_timeout=-5",
                "-c nosuch=1",
                "-c",
                "-c wal_level=minimal",
                "-c max_wal_senders=7",
                "-c session_authorization=postgres",
                "-c DateStyle=German,DMY",
                "-c client_encoding=latin1",
                "-c client_encoding=nosuch",
                "-c application_name=from\\ options",
                "-c search_path=x")) {
            cases.add(Case.of(
                    "options " + options,
                    (talk, site) -> talk.replication("options=" + options).query("SHOW wal_sender_timeout")));
        }
        for (String parameter : List.of(
                "application_name=standby 1",
                "application_name=caf\u00e9\t1",
                "application_name=" + "x".repeat(80),
                "client_encoding=UTF8",
                "TimeZone=Europe/Berlin",
                "extra_float_digits=3",
                "nosuch=1",
                "some.custom=1",
                "database=nosuch",
                "_pq_.foo=1")) {
            cases.add(Case.of(
                    "parameter " + parameter,
                    (talk, site) -> talk.replication(parameter).query("SHOW application_name")));
        }
        cases.add(Case.of("no user", (talk, site) -> talk.session("replication=true")));
        cases.add(Case.of("nobody knows the user", (talk, site) -> talk.session("user=who", "replication=true")));
        cases.add(Case.of("may not replicate", (talk, site) -> talk.session("user=plain", "replication=true")));
        cases.add(Case.of("hba rejects", (talk, site) -> talk.session("user=rejected", "replication=true")));
        for (int version : new int[] {FrontendBytes.PROTOCOL_3_2, 3 << 16 | 9999, 4 << 16, 3 << 16 | 1}) {
            cases.add(Case.of(
                    "protocol %d.%d".formatted(version >> 16, version & 0xFFFF),
                    (talk, site) -> talk.connect().startup(version, REPLICATOR)));
        }
        cases.add(Case.of(
                "SSL, GSS, then in the clear",
                (talk, site) -> talk.connect()
                        .send(FrontendBytes.gssEncRequest())
                        .answerByte()
                        .send(FrontendBytes.sslRequest())
                        .answerByte()
                        .startup(FrontendBytes.PROTOCOL_3_0, REPLICATOR)));
        cases.add(Case.of(
                "SSL twice",
                (talk, site) -> talk.connect()
                        .send(FrontendBytes.sslRequest())
                        .answerByte()
                        .send(FrontendBytes.sslRequest())
                        .answer()));
        cases.add(Case.of(
                "cancel of nobody",
                (talk, site) -> talk.connect()
                        .send(FrontendBytes.cancelRequest(1, new byte[] {1, 2, 3, 4}))
                        .answer()));
        cases.add(Case.of(
                "layout without an end",
                (talk, site) -> talk.connect()
                        .send(FrontendBytes.packet(
                                FrontendBytes.PROTOCOL_3_0, "user\0rep".getBytes(StandardCharsets.US_ASCII)))
                        .answer()));
        cases.add(Case.of(
                "a length that cannot be",
                (talk, site) ->
                        talk.connect().send(new byte[] {0, 0, 0, 3, 0, 0, 0, 0}).answer()));
        cases.add(Case.of(
                "terminate",
                (talk, site) ->
                        talk.replication().send(FrontendBytes.terminate()).answer()));
        return cases;
    }
}
