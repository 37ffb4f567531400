// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.endtoend;

import static java.util.Objects.requireNonNull;

import io.walcast.core.Lsn;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A physical stream of the JDBC driver. The driver is there at run time only: its own annotations are not, and the compiler
 * would say so.
 */
final class JdbcStream implements AutoCloseable {
    private static final String LSN = "org.postgresql.replication.LogSequenceNumber";

    private final Object stream;

    private JdbcStream(Object stream) {
        this.stream = stream;
    }

    static void createSlot(Connection connection, String slot) throws ReflectiveOperationException, SQLException {
        Object builder = call(call(replication(connection), "createReplicationSlot"), "physical");
        call(call(builder, "withSlotName", slot), "make");
    }

    static void dropSlot(Connection connection, String slot) throws ReflectiveOperationException, SQLException {
        invoke(replication(connection), "dropReplicationSlot", slot);
    }

    static JdbcStream start(Connection connection, String slot, Lsn start)
            throws ReflectiveOperationException, SQLException {
        Object position = Class.forName(LSN).getMethod("valueOf", String.class).invoke(null, start.toString());
        Object builder = call(call(replication(connection), "replicationStream"), "physical");
        Object positioned = call(call(builder, "withSlotName", slot), "withStartPosition", requireNonNull(position));
        return new JdbcStream(call(positioned, "start"));
    }

    private static Object replication(Connection connection) throws ReflectiveOperationException, SQLException {
        return call(connection.unwrap(Class.forName("org.postgresql.PGConnection")), "getReplicationAPI");
    }

    ByteBuffer read() throws ReflectiveOperationException {
        return (ByteBuffer) call(stream, "read");
    }

    /** Confirms what has come, and returns up to where that is. */
    Lsn confirm() throws ReflectiveOperationException {
        Object received = call(stream, "getLastReceiveLSN");
        stream.getClass().getMethod("setFlushedLSN", Class.forName(LSN)).invoke(stream, received);
        stream.getClass().getMethod("forceUpdateStatus").invoke(stream);
        return Lsn.parse((String) call(received, "asString"));
    }

    private static Object call(Object target, String name, Object... arguments) throws ReflectiveOperationException {
        return requireNonNull(invoke(target, name, arguments), name);
    }

    private static @Nullable Object invoke(Object target, String name, Object... arguments)
            throws ReflectiveOperationException {
        Class<?>[] types = Arrays.stream(arguments).map(Object::getClass).toArray(Class<?>[]::new);
        Method method = target.getClass().getMethod(name, types);
        method.setAccessible(true);
        return method.invoke(target, arguments);
    }

    @Override
    public void close() throws ReflectiveOperationException {
        stream.getClass().getMethod("close").invoke(stream);
    }
}
