// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster;

import io.walcast.auth.UsersFile;
import io.walcast.postmaster.serve.ListenAddress;
import io.walcast.postmaster.serve.NodeSettings;
import io.walcast.postmaster.serve.Postmaster;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * What {@code walcast} does most, done once, so that the class-data archive holds what it takes: the help of every command,
 * and a segment that is served and received on loopback. Says nothing; runs in a process of its own, which {@link CdsCommand}
 * starts.
 */
final class Training {
    private static final ProgramName NAME = new ProgramName("walcast");
    private static final Pattern PORT = Pattern.compile("listening on .*, port (\\d+)");
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 8192;
    private static final String SEGMENT = "000000010000000000000001";
    private static final String LAST_BYTE = "0/1FFFFF";

    private final Path folder;
    private int port;

    private Training(Path folder) {
        this.folder = folder;
    }

    /** Runs in the folder that the argument names, which is empty. */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        JavaUtilLogging.install();
        Training training = new Training(Path.of(arguments[0]));
        training.help();
        int code = training.stream();
        out.flush();
        System.exit(code);
    }

    private void help() {
        WalcastCommand.run(NAME, "--help");
        WalcastCommand.run(NAME, "--version");
        WalcastCommand.run(NAME, "transports");
        for (CommandLine command : Walcast.described().getSubcommands().values()) {
            WalcastCommand.run(NAME, command.getCommandName(), "--help");
        }
    }

    private int stream() throws IOException {
        NodeDirectory node = NodeDirectory.bare(folder.resolve("served"));
        WalcastCommand.run(NAME, "init", "-D", node.directory().toString(), "--bare", "--auth-host", "trust");
        Files.writeString(node.home().resolve(UsersFile.FILE_NAME), "walcast - replication\n");
        Files.write(node.wal().resolve(SEGMENT), segment());
        Path received = Files.createDirectory(folder.resolve("received"));
        try (Postmaster postmaster = Postmaster.start(node, NodeSettings.of(node, List.of()), this::read)) {
            postmaster.serveArchive(
                    List.of(ListenAddress.parse("127.0.0.1:0")),
                    Transports.find(reason -> {}).senders(),
                    () -> {});
            int code = WalcastCommand.run(
                    NAME,
                    List.of("receivewal", "-D", received.toString(), "-d", conninfo(), "-n", "-w", "-E", LAST_BYTE)
                            .toArray(String[]::new));
            postmaster.stop();
            return code;
        }
    }

    private String conninfo() {
        return "host=127.0.0.1 port=" + port + " user=walcast sslmode=disable";
    }

    private void read(String line) {
        Matcher matcher = PORT.matcher(line);
        if (matcher.find()) {
            port = Integer.parseInt(matcher.group(1));
        }
    }

    /** Returns a segment whose first page says what it is, and no more. */
    private static byte[] segment() {
        ByteBuffer segment = ByteBuffer.allocate(SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        segment.putShort((short) 0xD118).putShort((short) 2).putInt(1).putLong(SEGMENT_BYTES);
        segment.putInt(0).putInt(0);
        segment.putLong(7_000_000_000_000_000_001L).putInt(SEGMENT_BYTES).putInt(PAGE_BYTES);
        return segment.array();
    }
}
