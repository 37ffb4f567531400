// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.buffer.ByteBuf;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.guc.BooleanWord;
import io.walcast.transport.ConnectOptions.Mode;
import io.walcast.transport.server.RoleName;
import io.walcast.transport.server.StartupOptions;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of itself: names and values, each ended by a zero byte, and one more at the end.
 *
 * @param mode what it wants ({@code replication=})
 * @param user who it says it is
 * @param database what it wants to see; null on a physical replication connection, which has none
 * @param settings for the session, those of {@code options} first
 * @param unknownProtocolOptions names that begin with {@code _pq_.}
 */
record StartupPacket(
        Mode mode,
        String user,
        @Nullable String database,
        Map<String, String> settings,
        List<String> unknownProtocolOptions) {
    private static final int MOST_PARAMETERS = 64;
    private static final int LONGEST_NAME_BYTES = 63;
    private static final int LONGEST_VALUE_BYTES = 1_024;
    private static final String PROTOCOL_OPTION = "_pq_.";
    private static final List<String> OWN_NAMES = List.of("user", "database", "options", "replication");

    /**
     * Reads what follows the version.
     *
     * @throws ProtocolViolationException if it cannot be read
     * @throws ServerErrorException FATAL, if it says what cannot be
     */
    static StartupPacket parse(ByteBuf body) {
        Map<String, String> own = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        int count = 0;
        for (String name = text(body); !name.isEmpty(); name = text(body)) {
            String value = value(name, body);
            if (++count > MOST_PARAMETERS) {
                throw new ProtocolViolationException("more than %d startup parameters".formatted(MOST_PARAMETERS));
            }
            if (name.startsWith(PROTOCOL_OPTION)) {
                unknown.add(name);
            } else if (!OWN_NAMES.contains(name)) {
                settings.put(name.toLowerCase(Locale.ROOT), value);
            } else if (own.put(name, value) != null) {
                throw new ProtocolViolationException("parameter \"%s\" given twice".formatted(name));
            }
        }
        if (body.isReadable()) {
            throw badLayout();
        }
        return of(own, settings, unknown);
    }

    private static String value(String name, ByteBuf body) {
        String value = text(body);
        if (name.length() > LONGEST_NAME_BYTES || value.length() > LONGEST_VALUE_BYTES) {
            throw new ProtocolViolationException("startup parameter longer than %d (name) or %d (value)"
                    .formatted(LONGEST_NAME_BYTES, LONGEST_VALUE_BYTES));
        }
        return value;
    }

    private static String text(ByteBuf body) {
        int bytes = body.bytesBefore((byte) 0);
        if (bytes < 0) {
            throw badLayout();
        }
        ByteBuffer raw = body.nioBuffer(body.readerIndex(), bytes);
        body.skipBytes(bytes + 1);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(raw).toString();
        } catch (CharacterCodingException e) {
            throw fatal(new SqlState("22021"), "invalid byte sequence for encoding \"UTF8\"", null);
        }
    }

    private static ProtocolViolationException badLayout() {
        return new ProtocolViolationException("invalid startup packet layout: expected terminator as last byte");
    }

    private static StartupPacket of(Map<String, String> own, Map<String, String> settings, List<String> unknown) {
        Mode mode = mode(own.get("replication"));
        String user = own.getOrDefault("user", "");
        if (user.isEmpty()) {
            throw fatal(SqlState.INVALID_AUTHORIZATION, "no PostgreSQL user name specified in startup packet", null);
        }
        if (user.chars().anyMatch(Character::isISOControl)) {
            throw fatal(SqlState.INVALID_AUTHORIZATION, "role name contains control character", null);
        }
        Map<String, String> all = new LinkedHashMap<>();
        String options = own.get("options");
        if (options != null) {
            StartupOptions.parse(options, all);
        }
        settings.forEach((name, value) -> {
            all.remove(name);
            all.put(name, value);
        });
        String database = own.getOrDefault("database", "").isEmpty() ? user : own.get("database");
        return new StartupPacket(
                mode,
                RoleName.cut(user),
                mode == Mode.PHYSICAL || database == null ? null : RoleName.cut(database),
                all,
                unknown);
    }

    private static Mode mode(@Nullable String replication) {
        if (replication == null) {
            return Mode.SQL;
        }
        if (replication.equals("database")) {
            return Mode.LOGICAL;
        }
        Boolean physical = BooleanWord.parse(replication);
        if (physical == null) {
            throw fatal(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "invalid value for parameter \"replication\": \"%s\"".formatted(replication),
                    "Valid values are: \"false\", 0, \"true\", 1, \"database\".");
        }
        return physical ? Mode.PHYSICAL : Mode.SQL;
    }

    static ServerErrorException fatal(SqlState state, String message, @Nullable String hint) {
        return new ServerErrorException(new ErrorFields("FATAL", state, message, null, hint));
    }
}
