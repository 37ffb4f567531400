// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs and says what each took.
 *
 * <p>CPU time is the shell's {@code times} after the program has ended: the kernel's own account, which misses nothing.
 */
final class MeasuredProgram {
    private static final String SCRIPT = "times=$1; shift; \"$@\"; code=$?; times >\"$times\"; exit $code";
    private static final double NS_PER_S = 1e9;
    private static final long INTERVAL_MS = 20;

    private final Path scratch;

    /** Keeps what programs print in {@code scratch}. */
    MeasuredProgram(Path scratch) {
        this.scratch = scratch;
    }

    /**
     * Runs {@code command} to its end.
     *
     * @throws MeasurementException if it fails or takes longer than {@code timeoutS} seconds; with what it printed
     */
    Usage run(List<String> command, long timeoutS) {
        try {
            return measure(command, timeoutS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Usage measure(List<String> command, long timeoutS) throws IOException {
        Path times = scratch.resolve("times");
        Path output = scratch.resolve("output");
        List<String> wrapped = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh", times.toString()));
        wrapped.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(wrapped)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");

        long beganNs = System.nanoTime();
        Process process = builder.start();
        Thread killer = new Thread(() -> kill(process), "side-by-side-kill");
        Runtime.getRuntime().addShutdownHook(killer);
        try (Highest memory = new Highest(() -> memoryOfFirstChildKb(process), INTERVAL_MS)) {
            boolean ended = waitFor(process, timeoutS);
            double wallS = (System.nanoTime() - beganNs) / NS_PER_S;
            if (!ended || process.exitValue() != 0) {
                throw new MeasurementException("%s %s\n%s"
                        .formatted(
                                String.join(" ", command),
                                ended
                                        ? "ended with code " + process.exitValue()
                                        : "had not ended after " + timeoutS + " s",
                                Files.readString(output)));
            }
            return new Usage(wallS, ShellTimes.ofChildren(Files.readAllLines(times)), memory.highest());
        } finally {
            kill(process);
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    private static long memoryOfFirstChildKb(Process wrapper) {
        return wrapper.children()
                .findFirst()
                .map(child -> ProcessMemory.highWaterMarkKb(child.pid()))
                .orElse(0L);
    }

    private static boolean waitFor(Process process, long timeoutS) {
        try {
            return process.waitFor(timeoutS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MeasurementException("interrupted");
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
