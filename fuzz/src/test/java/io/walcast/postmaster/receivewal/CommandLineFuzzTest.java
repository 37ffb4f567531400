// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.receivewal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import java.util.ArrayList;
import java.util.List;

final class CommandLineFuzzTest {
    private static final int FIXED_BYTES = 1 << 20;

    /** One argument a line. Every word of the command line is an option, an argument of one, or an operand. */
    @FuzzTest
    void takesEveryWordOnce(byte[] bytes) {
        List<String> words = List.of(Input.text(bytes).split("\n", -1));
        List<Getopt.Option<String>> options = List.of(
                new Getopt.Option<>("slot", "slot", 'S', true),
                new Getopt.Option<>("status", "status-interval", 's', true),
                new Getopt.Option<>("verbose", "verbose", 'v', false),
                new Getopt.Option<>("version", "version", 'V', false));
        ParserContract.parse(bytes.length, FIXED_BYTES, UsageException.class, () -> {
            Getopt<String> getopt = new Getopt<>("walcast", options, words);
            List<String> seen = new ArrayList<>();
            for (Getopt.Found<String> found = getopt.next(); found != null; found = getopt.next()) {
                boolean takesArgument = found.key().startsWith("s");
                assertThat(found.argument() != null).isEqualTo(takesArgument);
                seen.add(found.key());
            }
            assertThat(seen.size()).isLessThanOrEqualTo(bytes.length);
            assertThat(words).containsAll(getopt.operands());
            return seen;
        });
    }

    @FuzzTest
    void makesOptionsOrSaysWhyNot(byte[] bytes) {
        List<String> words = List.of(Input.text(bytes).split("\n", -1));
        ParserContract.parse(bytes.length, FIXED_BYTES, UsageException.class, () -> {
            ReceiveWalOptions options = ReceiveWalOptions.parse("walcast receivewal", words);
            assertThat(options.statusIntervalS).isBetween(0, Integer.MAX_VALUE / 1000);
            assertThat(options.endPosition).isNotNull();
            assertThat(options.isSlotAction() || options.directory != null).isTrue();
            assertThat(ConnectionString.of(options, "pass'word")).isNotNull();
            return options;
        });
    }
}
