// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walcast.auth.ScramKeys;
import io.walcast.auth.ScramVerifier;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Compares passwords with what is stored of them. That is slow by design, so it is done on threads of its own, and only so
 * many wait for it.
 *
 * <p>Safe for use from any thread.
 */
final class PasswordChecks {
    private final Executor threads;
    private final Semaphore room;

    PasswordChecks(Executor threads, int most) {
        this.threads = threads;
        this.room = new Semaphore(most);
    }

    /**
     * Has {@code result} told whether the password is the right one, on another thread. It takes as long for a user who does
     * not exist.
     *
     * @return false if too many wait already; then nothing is told
     */
    boolean begin(String password, ScramVerifier verifier, Consumer<Boolean> result) {
        if (!room.tryAcquire()) {
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    result.accept(matches(password, verifier));
                } finally {
                    room.release();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            room.release();
            return false;
        }
    }

    private static boolean matches(String password, ScramVerifier verifier) {
        byte[] bytes = password.getBytes(UTF_8);
        byte[] salted = ScramKeys.saltedPassword(bytes, verifier.salt(), verifier.iterations());
        Arrays.fill(bytes, (byte) 0);
        boolean fits = MessageDigest.isEqual(ScramKeys.storedKey(salted), verifier.storedKey());
        return fits && verifier.real();
    }
}
