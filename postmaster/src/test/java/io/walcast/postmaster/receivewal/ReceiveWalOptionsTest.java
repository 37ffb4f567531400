// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walcast.core.Lsn;
import io.walcast.postmaster.receivewal.ReceiveWalOptions.PasswordMode;
import io.walcast.postmaster.serve.ListenAddress;
import io.walcast.walreceiver.Verification;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveWalOptionsTest {

    @Test
    void hasPgReceivewalsDefaults() {
        ReceiveWalOptions options = parse("-D", "wal");

        assertThat(options.directory).isEqualTo("wal");
        assertThat(options.statusIntervalS).isEqualTo(10);
        assertThat(options.endPosition.isValid()).isFalse();
        assertThat(options.loop).isTrue();
        assertThat(options.sync).isTrue();
        assertThat(options.synchronous).isFalse();
        assertThat(options.verbose).isFalse();
        assertThat(options.progress).isFalse();
        assertThat(options.slot).isNull();
        assertThat(options.transport).isNull();
        assertThat(options.passwordMode).isEqualTo(PasswordMode.WHEN_NEEDED);
        assertThat(options.isSlotAction()).isFalse();
    }

    @Test
    void isARelayWhereItServes() {
        ReceiveWalOptions options = parse("-D", "x", "--serve", "5433", "--serve=[::1]:0");

        assertThat(options.isRelay()).isTrue();
        assertThat(options.serve)
                .containsExactly(ListenAddress.parse("localhost:5433"), ListenAddress.parse("[::1]:0"));
        assertThat(parse("-D", "x").isRelay()).isFalse();
        assertThatThrownBy(() -> parse("-D", "x", "--serve", "here")).hasMessageContaining("expected: HOST:PORT");
    }

    @Test
    void verifiesWhenAskedTo() {
        assertThat(parse("-D", "x").verification).isEqualTo(Verification.NONE);
        assertThat(parse("-D", "x", "--verify").verification).isEqualTo(Verification.STOP);
        assertThat(parse("-D", "x", "--verify=stop").verification).isEqualTo(Verification.STOP);
        assertThat(parse("-D", "x", "--verify=warn").verification).isEqualTo(Verification.WARN);
        assertThatThrownBy(() -> parse("-D", "x", "--verify=always"))
                .hasMessage("invalid value \"always\" for option --verify (expected: stop or warn)");
        assertThatThrownBy(() -> parse("-D", "x", "--verify", "-Z1"))
                .hasMessage("cannot use --verify together with --compress");
    }

    @Test
    void takesEveryOption() {
        ReceiveWalOptions options = parse(
                "-Dwal",
                "-d",
                "a=b",
                "-hh",
                "-p",
                "1",
                "-Uu",
                "-S",
                "s",
                "-E",
                "1/2",
                "-s3",
                "-nvw",
                "--synchronous",
                "--progress",
                "--transport=libpq",
                "-Znone");

        assertThat(options.connectionString).isEqualTo("a=b");
        assertThat(options.host).isEqualTo("h");
        assertThat(options.port).isEqualTo("1");
        assertThat(options.user).isEqualTo("u");
        assertThat(options.slot).isEqualTo("s");
        assertThat(options.endPosition).isEqualTo(Lsn.parse("1/2"));
        assertThat(options.statusIntervalS).isEqualTo(3);
        assertThat(options.loop).isFalse();
        assertThat(options.verbose).isTrue();
        assertThat(options.passwordMode).isEqualTo(PasswordMode.NEVER);
        assertThat(options.synchronous).isTrue();
        assertThat(options.progress).isTrue();
        assertThat(options.transport).isEqualTo("libpq");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "''                                     | no target directory specified",
                "extra                                  | too many command-line arguments (first is \"extra\")",
                "extra more -D x                        | too many command-line arguments (first is \"extra\")",
                "-D x -- -v                             | too many command-line arguments (first is \"-v\")",
                "--create-slot                          | --create-slot needs a slot to be specified using --slot",
                "--drop-slot                            | --drop-slot needs a slot to be specified using --slot",
                "--create-slot --drop-slot              | cannot use --create-slot together with --drop-slot",
                "--create-slot --drop-slot -S x         | cannot use --create-slot together with --drop-slot",
                "--synchronous --no-sync                | cannot use --synchronous together with --no-sync",
                "--synchronous --no-sync -Zfoo          | cannot use --synchronous together with --no-sync",
                "-D x --serve 5433 --no-sync            | cannot use --serve together with --no-sync",
                "--serve 5433 --create-slot -S x        | cannot use --serve together with --create-slot",
                "--serve 5433 --drop-slot -S x          | cannot use --serve together with --drop-slot",
            })
    void refusesWithAHint(String line, String message) {
        assertThatThrownBy(() -> parse(words(line)))
                .isInstanceOfSatisfying(
                        UsageException.class, e -> assertThat(e.form()).isEqualTo(UsageException.Form.ERROR_AND_HINT))
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-s 1.5                  | invalid value \"1.5\" for option -s/--status-interval",
                "-s 3x                   | invalid value \"3x\" for option -s/--status-interval",
                "-s -1                   | -s/--status-interval must be in range 0..2147483",
                "-s 2147484              | -s/--status-interval must be in range 0..2147483",
                "-s 99999999999999999999 | -s/--status-interval must be in range 0..2147483",
                "-E x                    | could not parse end position \"x\"",
                "-E 1                    | could not parse end position \"1\"",
                "-E 1/                   | could not parse end position \"1/\"",
                "-E /1                   | could not parse end position \"/1\"",
                "-E x --unknown          | could not parse end position \"x\"",
                "-Z foo                  | unrecognized compression algorithm: \"foo\"",
            })
    void refusesWithoutAHint(String line, String message) {
        assertThatThrownBy(() -> parse(words("-D x " + line)))
                .isInstanceOfSatisfying(
                        UsageException.class, e -> assertThat(e.form()).isEqualTo(UsageException.Form.ERROR))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--hel", "--vers", "--version"})
    void onlyHintsWhenHelpOrVersionIsNotFirst(String option) {
        assertThatThrownBy(() -> parse("-v", option))
                .isInstanceOfSatisfying(
                        UsageException.class, e -> assertThat(e.form()).isEqualTo(UsageException.Form.HINT));
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"0,0", "2147483,2147483", " 5,5", "5 ,5", "+5,5", "'',0"})
    void readsTheStatusIntervalAsPostgreSqlDoes(String text, int seconds) {
        assertThat(parse("-D", "x", "-s", text).statusIntervalS).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "0/0,0/0",
                "16/b374d848,16/B374D848",
                "FFFFFFFF/F0000000,FFFFFFFF/F0000000",
                "1/2/3,1/2",
                "1/2x,1/2",
                " 1/ 2,1/2",
                "0x1/0x2,1/2",
                "123456789/0,23456789/0",
                "-1/2,FFFFFFFF/2",
                "0x/1,0/1",
            })
    void readsTheEndPositionAsSscanfDoes(String text, String position) {
        assertThat(parse("-D", "x", "-E", text).endPosition).isEqualTo(Lsn.parse(position));
    }

    @Test
    void needsNoDirectoryForASlotAction() {
        assertThat(parse("--create-slot", "--slot", "s", "--if-not-exists").isSlotAction())
                .isTrue();
        assertThat(parse("--drop-slot", "--slot", "s").isSlotAction()).isTrue();
    }

    private static ReceiveWalOptions parse(String... arguments) {
        return ReceiveWalOptions.parse("prog", List.of(arguments));
    }

    private static String[] words(String line) {
        List<String> words = new ArrayList<>(List.of(line.strip().split(" +")));
        words.remove("");
        return words.toArray(String[]::new);
    }
}
