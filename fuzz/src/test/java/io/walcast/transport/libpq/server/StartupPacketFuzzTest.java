// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.WalException;
import io.walcast.fuzz.Input;
import io.walcast.fuzz.ParserContract;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.server.StartupOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

final class StartupPacketFuzzTest {

    /** What was read can be said again in the plainest way, and is read the same. */
    @FuzzTest
    void readsWhatItWouldWrite(byte[] bytes) {
        Optional<StartupPacket> read = ParserContract.parse(
                bytes.length, WalException.class, () -> StartupPacket.parse(Unpooled.wrappedBuffer(bytes)));

        if (read.isPresent()) {
            StartupPacket packet = read.get();
            assertThat(packet.user()).isNotEmpty();
            assertThat(packet.mode() == Mode.PHYSICAL).isEqualTo(packet.database() == null);
            if (packet.settings().keySet().stream().noneMatch(StartupPacketFuzzTest::isSpecial)) {
                StartupPacket again = StartupPacket.parse(written(packet));
                assertThat(again.user()).isEqualTo(packet.user());
                assertThat(again.database()).isEqualTo(packet.database());
                assertThat(again.settings()).isEqualTo(packet.settings());
                assertThat(again.unknownProtocolOptions()).isEqualTo(packet.unknownProtocolOptions());
            }
        }
    }

    /** A name that has a meaning of its own in a packet, or none, if it does not come out of {@code options}. */
    private static boolean isSpecial(String name) {
        return name.isEmpty()
                || name.length() > 63
                || name.startsWith("_pq_.")
                || name.matches("user|database|options|replication");
    }

    private static ByteBuf written(StartupPacket packet) {
        ByteBuf out = Unpooled.buffer();
        put(out, "user", packet.user());
        String database = packet.database();
        if (packet.mode() != Mode.SQL) {
            put(out, "replication", packet.mode() == Mode.PHYSICAL ? "true" : "database");
        }
        if (database != null) {
            put(out, "database", database);
        }
        packet.settings().forEach((name, value) -> put(out, name, value));
        packet.unknownProtocolOptions().forEach(name -> put(out, name, ""));
        return out.writeByte(0);
    }

    private static void put(ByteBuf out, String name, String value) {
        out.writeBytes(name.getBytes(UTF_8)).writeByte(0);
        out.writeBytes(value.getBytes(UTF_8)).writeByte(0);
    }

    @FuzzTest
    void readsOptionsAsAServerProcessDoes(byte[] bytes) {
        String text = Input.text(bytes);
        Optional<Map<String, String>> read = ParserContract.parse(bytes.length, ServerErrorException.class, () -> {
            Map<String, String> settings = new LinkedHashMap<>();
            StartupOptions.parse(text, settings);
            return settings;
        });

        if (read.isPresent()) {
            StringBuilder written = new StringBuilder();
            read.get().forEach((name, value) -> written.append(" -c ").append(escaped(name + "=" + value)));
            Map<String, String> again = new LinkedHashMap<>();
            StartupOptions.parse(written.toString(), again);
            assertThat(again).isEqualTo(read.get());
        }
    }

    private static String escaped(String word) {
        return word.replaceAll("[ \\t\\n\\x0B\\f\\r\\\\]", "\\\\$0");
    }
}
