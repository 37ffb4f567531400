// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.testkit.ToolPath;
import io.walcast.testkit.net.LoopbackPorts;
import io.walcast.testkit.postgres.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A load balancer in front of two nodes, with a configuration of the resources. */
final class Balancer implements AutoCloseable {
    private static final List<String> NAMES = List.of("first", "second");

    private final Path directory;
    private final String configuration;
    private final int port = LoopbackPorts.free();
    private final List<Integer> nodes;
    private final Tool.Running running;

    private Balancer(Path directory, String configuration, List<Integer> nodes) {
        this.directory = directory;
        this.configuration = configuration;
        this.nodes = nodes;
        configure(-1);
        running = isNginx()
                ? tool("nginx").start("-p", directory.toString(), "-c", file().toString(), "-g", "daemon off;")
                : tool("haproxy").start("-db", "-f", file().toString());
        await().atMost(Receiving.PATIENCE)
                .failFast(
                        "the balancer has ended",
                        () -> assertThat(running.isRunning())
                                .as(running.stderr())
                                .isTrue())
                .until(this::listens);
    }

    /** Starts the one for which {@code configuration} is, in front of these ports of 127.0.0.1. */
    static Balancer start(Path directory, String configuration, List<Integer> nodes) {
        return new Balancer(directory, configuration, nodes);
    }

    private static Tool tool(String name) {
        return Tool.of(ToolPath.require(name));
    }

    private boolean isNginx() {
        return configuration.startsWith("nginx");
    }

    private Path file() {
        return directory.resolve(configuration);
    }

    /** Returns the port of 127.0.0.1 it listens on. */
    int port() {
        return port;
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Has it send nobody to one of the two, and end the sessions there. */
    void takeOut(int node) {
        if (isNginx()) {
            configure(node);
            running.signal("HUP");
        } else {
            admin("set server walcast/%1$s state maint; shutdown sessions server walcast/%1$s"
                    .formatted(NAMES.get(node)));
        }
    }

    private void configure(int out) {
        try (InputStream in = Balancer.class.getResourceAsStream("/balancer/" + configuration)) {
            String text = new String(requireNonNull(in, configuration).readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@directory@", directory.toString())
                    .replace("@listen@", "127.0.0.1:" + port);
            for (int i = 0; i < NAMES.size(); i++) {
                text = text.replace("@" + NAMES.get(i) + "@", "127.0.0.1:" + nodes.get(i) + (i == out ? " down" : ""));
            }
            Files.writeString(file(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void admin(String commands) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("admin")))) {
            channel.write(ByteBuffer.wrap((commands + "\n").getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1 << 10);
            while (channel.read(answer) >= 0 && answer.hasRemaining()) {}
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII).strip())
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what it said. */
    String log() {
        return running.stderr();
    }

    @Override
    public void close() {
        running.terminate();
        running.await(Receiving.PATIENCE);
        running.close();
    }
}
