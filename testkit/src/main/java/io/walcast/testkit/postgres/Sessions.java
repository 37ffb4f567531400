// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Sessions of the superuser over JDBC. */
final class Sessions {
    private static final String CONNECT_TIMEOUT_S = "10";

    private Sessions() {}

    /** Opens a session, with {@code properties} over our own. */
    static Connection open(String jdbcUrl, Map<String, String> properties) {
        Properties all = new Properties();
        all.put("user", PostgresServer.USER);
        all.put("password", PostgresServer.PASSWORD);
        all.put("connectTimeout", CONNECT_TIMEOUT_S);
        all.putAll(properties);
        try {
            return DriverManager.getConnection(jdbcUrl, all);
        } catch (SQLException e) {
            throw new PostgresException("cannot connect to " + jdbcUrl + ": " + e.getMessage(), e);
        }
    }

    /** Runs statements in a session of their own, each in a transaction of its own. */
    static void execute(String jdbcUrl, String... statements) {
        try (Connection connection = open(jdbcUrl, Map.of());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new PostgresException(String.join("; ", statements) + ": " + e.getMessage(), e);
        }
    }

    /** Returns the first column of the first row as text, or null if it is null or there is no row. */
    static @Nullable String query(String jdbcUrl, String sql) {
        try (Connection connection = open(jdbcUrl, Map.of());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new PostgresException(sql + ": " + e.getMessage(), e);
        }
    }
}
