// SPDX-License-Identifier: Apache-2.0
package io.walcast.postmaster.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.auth.AccessFiles;
import io.walcast.core.error.ConfigurationException;
import io.walcast.core.error.SqlState;
import io.walcast.testkit.postgres.PostgresServer;
import io.walcast.testkit.postgres.PostgresServer.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of {@code pg_hba.conf}, read by a PostgreSQL ({@code pg_hba_file_rules}) and by us. */
@Timeout(120)
class PgHbaDifferenceIT {

    /** What a PostgreSQL says of a line that it takes but that can never match there. */
    private static final List<String> NO_ERROR = List.of(
            "hostssl record cannot match because SSL is disabled",
            "hostgssenc record cannot match because GSSAPI is not supported by this build");

    /** Stands for a refusal whose reason PostgreSQL hides behind one of those. */
    private static final String SOME_ERROR = "?";

    /** Where PostgreSQL names more methods than there are here, or adds what the resolver says. */
    private static final Map<String, String> SHORTER = Map.of(
            "is only valid for authentication methods ident, peer, gssapi, sspi, and cert",
                    "is only valid for authentication method cert",
            "is only valid for authentication methods ident, peer, gssapi, sspi, cert, and oauth",
                    "is only valid for authentication method cert",
            ": Name or service not known", "");

    @TempDir
    private Path home;

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {15, 18})
    void areTakenOrRefusedForTheSameReason(int major) throws IOException, SQLException {
        List<String> lines = lines();
        Files.createFile(
                home.resolve("users"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));

        Map<Integer, String> theirs = theirErrors(major, lines);

        int unsupported = 0;
        for (int i = 0; i < lines.size(); i++) {
            ConfigurationException ours = ourError(lines.get(i));
            String their = theirs.getOrDefault(i + 1, "");
            if (ours != null && ours.sqlState().equals(SqlState.FEATURE_NOT_SUPPORTED)) {
                unsupported++;
                continue;
            }
            String reason =
                    ours == null ? "" : String.valueOf(ours.getMessage()).replace("pg_hba.conf, line 1: ", "");
            if (their.equals(SOME_ERROR)) {
                assertThat(reason).as(lines.get(i)).isNotEmpty();
            } else {
                assertThat(reason).as(lines.get(i)).isEqualTo(their);
            }
        }
        assertThat(unsupported).isBetween(1, lines.size() / 3);
        assertThat(theirs.values()).filteredOn(error -> !error.isEmpty()).hasSizeGreaterThan(20);
    }

    private @Nullable ConfigurationException ourError(String line) throws IOException {
        Files.writeString(home.resolve(AccessFiles.HBA), line + "\n");
        try {
            AccessFiles.load(home, 4096);
            return null;
        } catch (ConfigurationException e) {
            return e;
        }
    }

    private static Map<Integer, String> theirErrors(int major, List<String> lines) throws IOException, SQLException {
        try (PostgresServer server = PostgresServer.start(Options.of(major));
                Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            Path file = Path.of(text(statement, "SHOW hba_file"));
            String before = Files.readString(file);
            Files.writeString(file, String.join("\n", lines) + "\n");
            Map<Integer, String> errors = new TreeMap<>();
            try (ResultSet rows =
                    statement.executeQuery("SELECT line_number, error, type IS NOT NULL FROM pg_hba_file_rules")) {
                while (rows.next()) {
                    errors.put(rows.getInt(1), reason(rows.getString(2), rows.getBoolean(3)));
                }
            }
            Files.writeString(file, before);
            return errors;
        }
    }

    private static String reason(@Nullable String error, boolean taken) {
        if (error == null || NO_ERROR.contains(error)) {
            return taken ? "" : SOME_ERROR;
        }
        String result = error;
        for (Map.Entry<String, String> entry : SHORTER.entrySet()) {
            result = result.replace(entry.getKey(), entry.getValue());
        }
        return result;
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static List<String> lines() throws IOException {
        try (var in = PgHbaDifferenceIT.class.getResourceAsStream("hba-lines.conf")) {
            return new String(in == null ? new byte[0] : in.readAllBytes(), UTF_8)
                    .lines()
                    .toList();
        }
    }
}
