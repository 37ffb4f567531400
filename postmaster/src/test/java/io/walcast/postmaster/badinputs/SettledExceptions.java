// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Cases whose stated answer is wrong or unwise, by kind, name and stated action: the answer we give instead, and why. */
final class SettledExceptions {
    private static final List<Instead> ALL = List.of(
            new Instead(
                    "commands",
                    "BASE_BACKUP MAX_RATE .*",
                    "ERROR",
                    "ERROR, session lives",
                    "22003",
                    "outside the valid range for parameter",
                    "the SQLSTATE that PostgreSQL 14 to 18 answer with"),
            new Instead(
                    "wal",
                    "compressed image that grows past .*",
                    "end of WAL",
                    "end of WAL",
                    "XX001",
                    "record with invalid length",
                    "the image has fewer bytes than it says, so the decoder ends there, as PostgreSQL's does, and nothing"
                            + " is decompressed"),
            new Instead(
                    "wal",
                    "(segment )?file of .*",
                    "refuse file",
                    "skip file, WARNING",
                    "",
                    "incorrect size, skipping",
                    "a finished segment of a wrong size is skipped with PostgreSQL's warning, and fetched again; refusing"
                            + " to start would leave commits without a receiver"),
            new Instead(
                    "startup",
                    "cancel request, wrong key",
                    "close",
                    "close",
                    "",
                    "",
                    "what can be seen of it is that nothing is said; the keys are compared by the session's owner"),
            new Instead(
                    "scram",
                    "gs2 flag y while server offers PLUS",
                    "FATAL+close",
                    "FATAL+close",
                    "28000",
                    "SCRAM channel binding negotiation error",
                    "PostgreSQL's SQLSTATE and text"),
            new Instead(
                    "scram",
                    "client-final: c= with another certificate hash",
                    "FATAL+close",
                    "FATAL+close",
                    "28000",
                    "SCRAM channel binding check failed",
                    "PostgreSQL's SQLSTATE"),
            new Instead(
                    "scram",
                    "client-first cut after N bytes #([89]|[1-9][0-9])",
                    "FATAL+close",
                    "ask for client-first (R11)",
                    "",
                    "as the protocol allows",
                    "what is left is a whole message with a shorter nonce, which RFC 5802 and PostgreSQL allow; the"
                            + " exchange goes on and needs the right proof as always"),
            new Instead(
                    "scram",
                    "message length = boundary value #[789]",
                    "FATAL+close",
                    "close",
                    "",
                    "",
                    "a length within the limit may be true: the rest is waited for until the deadline, as PostgreSQL"
                            + " does, and nobody is left to be told then"),
            new Instead(
                    "commands",
                    "START FFFFFFFF/FFFFFFFF|start after fork of old timeline",
                    "ERROR",
                    "ERROR, session lives",
                    "XX000",
                    "requested starting point",
                    "PostgreSQL's SQLSTATE"),
            new Instead(
                    "commands",
                    "CREATE LOGICAL (?!pgoutput with 1 MB).*|proto_version 99",
                    "ERROR",
                    "ERROR, session lives",
                    "0A000",
                    "logical replication is not supported",
                    "a relay does not decode: no plugin is ever looked for"),
            new Instead(
                    "commands",
                    "slot ../etc",
                    "ERROR",
                    "ERROR, session lives",
                    "42704",
                    "replication slot does not exist",
                    "PostgreSQL's answer: a name is looked up, in memory; it is checked where a slot is made"),
            new Instead(
                    "commands",
                    "BASE_BACKUP target server .*",
                    "ERROR",
                    "ERROR, session lives",
                    "0A000",
                    "BASE_BACKUP is not supported",
                    "a relay has no data files, and writes none for others"),
            new Instead(
                    "commands",
                    "READ \"../x\"",
                    "ERROR",
                    "accept",
                    "",
                    "",
                    "there is no such slot: a row of NULLs, as in PostgreSQL; names are looked up in memory"),
            new Instead(
                    "commands",
                    "command by role without REPLICATION",
                    "FATAL",
                    "FATAL+close",
                    "42501",
                    "must be superuser or replication role to start walsender",
                    "the text of PostgreSQL 15, whose WAL is served here"),
            new Instead(
                    "commands",
                    "length 0x40000000|message length = boundary value #(1[0-5]|17)",
                    "FATAL",
                    "FATAL+close",
                    "54000",
                    "command longer than",
                    "the length may be true, it is our limit for commands that is passed"),
            new Instead(
                    "commands",
                    "message length = boundary value #[89]",
                    "FATAL",
                    "close",
                    "",
                    "",
                    "a length within the limit may be true: the rest is waited for, as PostgreSQL does"),
            new Instead(
                    "commands",
                    "command while stopping",
                    "ERROR",
                    "ERROR, session lives",
                    "55000",
                    "cannot execute new commands while WAL sender is in stopping mode",
                    "PostgreSQL's SQLSTATE; 57P01 is what it ends an idle session with then"),
            new Instead(
                    "copydata",
                    "message length = boundary value #[789]",
                    "FATAL",
                    "close",
                    "",
                    "",
                    "a length within the limit may be true: the rest is waited for, as PostgreSQL does"),
            new Instead(
                    "copydata",
                    "\\[srv\\] type z",
                    "FATAL",
                    "close",
                    "",
                    "",
                    "PostgreSQL ends the connection without a word"),
            new Instead(
                    "copydata",
                    "\\[srv\\] CopyDone, then CopyData",
                    "FATAL",
                    "accept",
                    "",
                    "",
                    "the stream has ended on both sides; what is late for it is ignored, as in PostgreSQL"));

    private SettledExceptions() {}

    /**
     * One exception.
     *
     * @param kind the kind of the cases
     * @param name matches the names of the cases
     * @param stated how the stated action begins
     * @param action the action instead
     * @param sqlState the SQLSTATE instead, or empty
     * @param message what the message is about instead, or empty
     * @param reason why
     */
    record Instead(
            String kind, String name, String stated, String action, String sqlState, String message, String reason) {

        boolean isFor(BadInput input) {
            return kind.equals(input.kind()) && input.wants(stated) && Pattern.matches(name, input.name());
        }

        BadInput settle(BadInput input) {
            return new BadInput(input.id(), kind, input.name(), input.hex(), action, sqlState, message);
        }
    }

    /** Returns {@code input} with the answer that counts. */
    static BadInput settled(BadInput input) {
        return first(input).map(instead -> instead.settle(input)).orElse(input);
    }

    /** Returns what none of {@code inputs} is settled by. */
    static List<Instead> unusedBy(List<BadInput> inputs) {
        Set<Instead> used =
                inputs.stream().flatMap(input -> first(input).stream()).collect(Collectors.toSet());
        return all().filter(instead -> !used.contains(instead)).toList();
    }

    private static Optional<Instead> first(BadInput input) {
        return all().filter(instead -> instead.isFor(input)).findFirst();
    }

    private static Stream<Instead> all() {
        return Stream.of(ALL, SettledConnecting.ALL, SettledGrpc.ALL).flatMap(List::stream);
    }
}
