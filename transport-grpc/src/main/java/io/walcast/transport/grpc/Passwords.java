// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.transport.ConnectOptions.PasswordPrompt;
import io.walcast.transport.client.PasswordFile;
import io.walcast.transport.client.Secret;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a secret comes from: the conninfo or the environment, the password file, the person. Used by the owner to be. */
final class Passwords {
    private static final Logger logger = LoggerFactory.getLogger(Passwords.class);

    private final ConnectSettings settings;
    private final @Nullable PasswordPrompt prompt;
    private @Nullable Secret prompted;
    private boolean asked;
    private @Nullable Path fromFile;

    Passwords(ConnectSettings settings, @Nullable PasswordPrompt prompt) {
        this.settings = settings;
        this.prompt = prompt;
    }

    /** Returns the secret for {@code host} as far as it is known without asking anybody, or null. */
    @Nullable
    Secret known(GrpcHost host) {
        fromFile = null;
        if (settings.password() != null) {
            return settings.password();
        }
        Path file = settings.passfile();
        Secret found = file == null
                ? null
                : new PasswordFile(file, logger::warn)
                        .find(host.name(), Integer.toString(host.port()), settings.database(), settings.user());
        if (found != null) {
            fromFile = file;
            return found;
        }
        return prompted;
    }

    /** Asks the person, once; null if there is none, or none that answers. */
    @Nullable
    Secret ask() {
        PasswordPrompt someone = prompt;
        if (!asked && someone != null) {
            asked = true;
            char[] answer = someone.passwordFor(settings.user().isEmpty() ? null : settings.user());
            if (answer != null) {
                prompted = new Secret(new String(answer));
                Arrays.fill(answer, '\0');
            }
        }
        return prompted;
    }

    /** Adds where the secret came from to a refusal of it. */
    ServerErrorException explain(ServerErrorException e) {
        Path file = fromFile;
        if (file == null || !e.sqlState().equals(SqlState.INVALID_PASSWORD)) {
            return e;
        }
        return new ServerErrorException(
                e.fields(), "%s\npassword retrieved from file \"%s\"".formatted(e.getMessage(), file));
    }
}
