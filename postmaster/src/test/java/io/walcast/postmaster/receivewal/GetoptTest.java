// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GetoptTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "--directory=x        | DIRECTORY=x",
                "--directory x        | DIRECTORY=x",
                "--dir=x              | DIRECTORY=x",
                "--directory=         | DIRECTORY=",
                "--directory=a=b      | DIRECTORY=a=b",
                "-D x                 | DIRECTORY=x",
                "-Dx                  | DIRECTORY=x",
                "-D=x                 | DIRECTORY==x",
                "-D --                | DIRECTORY=--",
                "-nv                  | NO_LOOP VERBOSE",
                "-nvDx                | NO_LOOP VERBOSE DIRECTORY=x",
                "-nvD x -w            | NO_LOOP VERBOSE DIRECTORY=x NO_PASSWORD",
                "--no-l               | NO_LOOP",
                "--no-p               | NO_PASSWORD",
                "--no-s               | NO_SYNC",
                "--sy                 | SYNCHRONOUS",
                "--sl=s               | SLOT=s",
                "--st 3               | STATUS_INTERVAL=3",
                "--status 3           | STATUS_INTERVAL=3",
                "--status-j f         | STATUS_JSON=f",
                "--i                  | IF_NOT_EXISTS",
                "--endp=1/2           | ENDPOS=1/2",
                "--cr                 | CREATE_SLOT",
                "--dr                 | DROP_SLOT",
                "--pas                | PASSWORD",
                "--prog               | PROGRESS",
                "--t x                | TRANSPORT=x",
                "a -n b               | NO_LOOP / a b",
                "-n -- -v             | NO_LOOP / -v",
                "- -n                 | NO_LOOP / -",
            })
    void readsWhatGetoptLongReads(String line, String expected) {
        Getopt<ReceiveWalOption> getopt = ReceiveWalOption.getopt("prog", words(line));

        String options = readAll(getopt);
        String operands = String.join(" ", getopt.operands());
        assertThat(operands.isEmpty() ? options : options + " / " + operands).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "--not-a-valid-option | unrecognized option '--not-a-valid-option'",
                "--foo=3              | unrecognized option '--foo=3'",
                "---                  | unrecognized option '---'",
                "--dir                | option '--directory' requires an argument",
                "--e                  | option '--endpos' requires an argument",
                "-D                   | option requires an argument -- 'D'",
                "-nvD                 | option requires an argument -- 'D'",
                "-x                   | invalid option -- 'x'",
                "-nvx                 | invalid option -- 'x'",
                "-V                   | invalid option -- 'V'",
                "-?                   | invalid option -- '?'",
                "--no-l=3             | option '--no-loop' doesn't allow an argument",
                "--help=3             | option '--help' doesn't allow an argument",
                "--no                 | option '--no' is ambiguous; possibilities: '--no-loop' '--no-password' '--no-sync'",
                "--c                  | option '--c' is ambiguous; possibilities: '--compress' '--create-slot'",
                "--d                  | option '--d' is ambiguous; possibilities: '--directory' '--dbname' '--drop-slot'",
                "--s                  | option '--s' is ambiguous; possibilities: '--status-interval' '--slot' '--synchronous'",
                "--v                  | option '--v' is ambiguous; possibilities: '--version' '--verbose'",
                "--h                  | option '--h' is ambiguous; possibilities: '--help' '--host'",
            })
    void complainsInTheWordsOfGetopt(String line, String complaint) {
        Getopt<ReceiveWalOption> getopt = ReceiveWalOption.getopt("/bin/prog", words(line));

        assertThatThrownBy(() -> readAll(getopt))
                .isInstanceOf(UsageException.class)
                .hasMessage("/bin/prog: " + complaint);
    }

    @Test
    void takesEmptyArguments() {
        assertThat(readAll(ReceiveWalOption.getopt("prog", List.of("-D", "", "--slot", ""))))
                .isEqualTo("DIRECTORY= SLOT=");
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split(" +"));
    }

    private static String readAll(Getopt<ReceiveWalOption> getopt) {
        List<String> found = new ArrayList<>();
        for (var next = getopt.next(); next != null; next = getopt.next()) {
            found.add(next.key() + (next.argument() == null ? "" : "=" + next.argument()));
        }
        return String.join(" ", found);
    }
}
