// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.badinputs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every case of the file is answered as it states, or as {@link SettledExceptions} say. The file is the one in the
 * resources, or the one that the system property {@code walcast.badInputs} names.
 */
@Tag("bad-inputs")
@TestInstance(Lifecycle.PER_CLASS)
final class BadInputsTest {
    private static final String RESOURCE = "/bad-inputs/bad-inputs.jsonl";
    private static final String FILE_PROPERTY = "walcast.badInputs";

    private final List<BadInputRunner> runners = new ArrayList<>();
    private final Set<String> withoutParser = new TreeSet<>();
    private SessionRunner sessions;
    private SlowReaderRunner slowReaders;
    private GrpcRunner grpc;
    private int cases;
    private int asStated;
    private int not;

    @BeforeAll
    void makeRunners(@TempDir Path directory) {
        runners.add(new WalRunner());
        runners.add(new HistoryRunner());
        runners.add(new StorageRunner(directory));
        runners.add(new TimelineHistoryAnswerRunner(directory));
        runners.add(new CopyDataRunner(directory));
        runners.add(new StartupRunner());
        runners.add(new ScramServerRunner(directory));
        runners.add(new ScramClientRunner(directory));
        runners.add(new ConninfoRunner(directory));
        runners.add(new CommandRunner());
        sessions = new SessionRunner(directory);
        runners.add(sessions);
        runners.add(new StoppingRunner(directory));
        slowReaders = new SlowReaderRunner(directory);
        runners.add(slowReaders);
        grpc = new GrpcRunner(directory);
        runners.add(grpc);
        runners.add(new GrpcTlsRunner(directory));
    }

    @AfterAll
    void closeSessions() {
        sessions.close();
        slowReaders.close();
        grpc.close();
    }

    @TestFactory
    @Timeout(60)
    Stream<DynamicTest> isAnsweredAsStated() throws IOException {
        List<BadInput> inputs = read();
        cases = inputs.size();
        return inputs.stream().flatMap(input -> runnerFor(input).stream().map(runner -> testOf(input, runner)));
    }

    @AfterAll
    void printSummary() {
        if (!withoutParser.isEmpty()) {
            System.out.println("bad inputs: no parser yet for " + String.join(", ", withoutParser));
        }
        System.out.printf("bad inputs: %d answered as stated, %d not%n", asStated, not);
        assertThat(cases).as("cases in the file").isPositive();
    }

    private DynamicTest testOf(BadInput input, BadInputRunner runner) {
        return DynamicTest.dynamicTest(input.toString(), () -> {
            BadInput settled = SettledExceptions.settled(input);
            not++;
            Answer answer = runner.answer(settled);
            String difference = StatedAnswer.difference(settled, answer);
            if (difference != null) {
                fail("%s%n%s%n%s", input, difference, answer);
            }
            not--;
            asStated++;
        });
    }

    private Optional<BadInputRunner> runnerFor(BadInput input) {
        Optional<BadInputRunner> runner =
                runners.stream().filter(r -> r.applies(input)).findFirst();
        if (runner.isEmpty()) {
            withoutParser.add(input.kind() + part(input));
        }
        return runner;
    }

    /** Names the part of a kind that is missing where the rest of it is there. */
    private static String part(BadInput input) {
        return switch (input.kind()) {
            default -> "";
        };
    }

    /** Of the file in the resources: another one need not have all of it. */
    @Test
    void everyExceptionIsOfUse() throws IOException {
        assumeThat(System.getProperty(FILE_PROPERTY, "")).isEmpty();

        assertThat(SettledExceptions.unusedBy(read()))
                .as("settled exceptions for no case")
                .isEmpty();
    }

    private static List<BadInput> read() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> BadInput.of(JsonLines.parse(line)))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static InputStream open() throws IOException {
        String file = System.getProperty(FILE_PROPERTY, "");
        if (file.isEmpty()) {
            return Objects.requireNonNull(BadInputsTest.class.getResourceAsStream(RESOURCE), RESOURCE);
        }
        Path path = Path.of(file);
        Path root = Path.of(System.getProperty("walcast.root", "."));
        return Files.newInputStream(path.isAbsolute() ? path : root.resolve(path));
    }
}
