// SPDX-License-Identifier: Apache-2.0
package io.walcast.benchmarks.sidebyside;

import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code walcast serve} over a directory with the segments of a source; one process for all runs. */
final class WalcastWalServer implements WalServer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int SPARE_SESSIONS = 4;
    private static final String LISTENING = "listening on IPv4 address \"127\\.0\\.0\\.1\", port (\\d+)";
    private static final Pattern PORT = Pattern.compile(LISTENING + " *\\R");
    private static final Pattern GRPC_PORT = Pattern.compile(LISTENING + " \\(grpc\\) *\\R");

    private final Tool.Running running;
    private final String version;
    private final int port;
    private @Nullable Double startCpuS;

    // Written by the owner, read by the sampling thread.
    private volatile long kbWithoutSessions;

    private WalcastWalServer(Tool.Running running, String version, int port) {
        this.running = running;
        this.version = version;
        this.port = port;
        startCpuS = cpuS();
        kbWithoutSessions = ProcessMemory.residentKb(running.pid());
    }

    /**
     * Makes a node of {@code directory}, which holds segments, and starts it with room for that many clients.
     *
     * @param addresses where to listen besides
     */
    static WalcastWalServer start(Path program, Path directory, int clients, List<String> addresses) {
        Tool walcast = Tool.of(program);
        String node = directory.toString();
        walcast.run(PATIENCE, "init", "-D", node, "--bare", "--auth-host=trust").requireSuccess();
        walcast.run(PATIENCE, "adduser", "-D", node, "--no-password", PostgresServer.USER)
                .requireSuccess();
        String version =
                walcast.run(PATIENCE, "--version").stdout().lines().findFirst().orElse("");
        int sessions = clients + SPARE_SESSIONS;
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "-D",
                node,
                "--set=max_wal_senders=" + sessions,
                "--set=max_connections=" + sessions,
                "--listen=127.0.0.1:0"));
        addresses.forEach(address -> arguments.add("--listen=" + address));
        Tool.Running running = walcast.start(arguments.toArray(String[]::new));
        try {
            return new WalcastWalServer(running, version, awaitPort(running, PORT));
        } catch (RuntimeException e) {
            running.close();
            throw e;
        }
    }

    private static int awaitPort(Tool.Running running, Pattern announced) {
        long beganNs = System.nanoTime();
        while (running.isRunning() && System.nanoTime() - beganNs < PATIENCE.toNanos()) {
            Matcher matcher = announced.matcher(running.stderr());
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
            LockSupport.parkNanos(POLL_NS);
        }
        throw new MeasurementException("walcast serve does not listen\n" + running.stderr());
    }

    @Override
    public String label() {
        return "walcast serve";
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public int port() {
        return port;
    }

    /** Returns the port at which it speaks gRPC, if it was told to. */
    int grpcPort() {
        return awaitPort(running, GRPC_PORT);
    }

    @Override
    public double cpuS() {
        return ProcessTimes.of(running.pid()).ownS();
    }

    @Override
    public @Nullable Double startCpuS() {
        return startCpuS;
    }

    @Override
    public long residentKb() {
        return ProcessMemory.highWaterMarkKb(running.pid());
    }

    @Override
    public long sessionsKb() {
        return residentKb() - kbWithoutSessions;
    }

    @Override
    public void warmedUp() {
        startCpuS = null;
        kbWithoutSessions = ProcessMemory.residentKb(running.pid());
    }

    /** It is one process, whose account is always complete. */
    @Override
    public void awaitIdle() {}

    @Override
    public void close() {
        running.close();
    }
}
