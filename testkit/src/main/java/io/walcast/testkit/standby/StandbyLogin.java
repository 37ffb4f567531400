// SPDX-License-Identifier: Apache-2.0
package io.walcast.testkit.standby;

import static java.util.Objects.requireNonNull;

import io.walcast.transport.ConnectOptions.Mode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a standby presents itself. Immutable.
 *
 * @param mode what it wants of the connection
 * @param user who it says it is
 * @param database what it asks for, null for none
 * @param parameters the other settings, in this order
 */
public record StandbyLogin(Mode mode, String user, @Nullable String database, Map<String, String> parameters) {

    /** A physical standby by the name of {@code standby1}. */
    public static final StandbyLogin PHYSICAL =
            new StandbyLogin(Mode.PHYSICAL, "replicator", null, Map.of("application_name", "standby1"));

    public StandbyLogin {
        requireNonNull(mode, "mode");
        requireNonNull(user, "user");
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Returns the same for another user. */
    public StandbyLogin withUser(String user) {
        return new StandbyLogin(mode, user, database, parameters);
    }

    /** Returns the same for another mode and database. */
    public StandbyLogin withMode(Mode mode, @Nullable String database) {
        return new StandbyLogin(mode, user, database, parameters);
    }

    /** Returns the same with one more setting. */
    public StandbyLogin with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new StandbyLogin(mode, user, database, more);
    }
}
