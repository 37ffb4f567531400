// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.grpc;

import io.walcast.testkit.standby.StandbyLogin;
import io.walcast.transport.ConnectOptions.Mode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The first message of each side. */
final class Greeting {
    private Greeting() {}

    static byte[] startup(StandbyLogin login) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(Frames.STARTUP);
            out.writeUTF(login.mode().name());
            out.writeUTF(login.user());
            out.writeUTF(login.database() == null ? "" : login.database());
            writeMap(login.parameters(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static StandbyLogin startup(byte[] frame) throws IOException {
        try (DataInputStream in = bodyOf(frame)) {
            Mode mode = Mode.valueOf(in.readUTF());
            String user = in.readUTF();
            String database = in.readUTF();
            return new StandbyLogin(mode, user, database.isEmpty() ? null : database, readMap(in));
        }
    }

    static byte[] begun(Begun begun) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(Frames.BEGUN);
            out.writeInt(begun.pid());
            writeMap(begun.parameters(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Begun begun(byte[] frame) {
        try (DataInputStream in = bodyOf(frame)) {
            return new Begun(in.readInt(), readMap(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataInputStream bodyOf(byte[] frame) {
        return new DataInputStream(new ByteArrayInputStream(frame, 1, frame.length - 1));
    }

    private static void writeMap(Map<String, String> map, DataOutputStream out) throws IOException {
        out.writeInt(map.size());
        for (Map.Entry<String, String> entry : map.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeUTF(entry.getValue());
        }
    }

    private static Map<String, String> readMap(DataInputStream in) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            map.put(in.readUTF(), in.readUTF());
        }
        return map;
    }

    /** What the server says of a session that has begun. */
    record Begun(int pid, Map<String, String> parameters) {}
}
