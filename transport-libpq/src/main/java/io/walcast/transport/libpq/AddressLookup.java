// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the addresses of a server. The system's resolver cannot be interrupted, so a look-up by name has a thread of its
 * own, which is left behind when waiting for it ends early.
 */
final class AddressLookup {
    private final Cancellation cancellation;

    AddressLookup(Cancellation cancellation) {
        this.cancellation = cancellation;
    }

    List<HostAddress> addressesOf(HostEntry entry, Deadline deadline) {
        if (entry.isSocket()) {
            return List.of(new HostAddress(entry, null));
        }
        String numeric = entry.address();
        return lookUp(numeric == null ? entry.shownHost() : numeric, numeric != null, deadline).stream()
                .map(ip -> new HostAddress(entry, ip))
                .toList();
    }

    private List<InetAddress> lookUp(String name, boolean numeric, Deadline deadline) {
        if (numeric && !isNumeric(name)) {
            throw cannotConnect("could not parse network address \"%s\": Name or service not known".formatted(name));
        }
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        Latch done = new Latch();
        found.whenComplete((addresses, error) -> done.set());
        Thread resolver = new Thread(() -> resolve(name, found), "walcast-libpq-lookup");
        resolver.setDaemon(true);
        if (isNumeric(name)) {
            resolve(name, found);
        } else {
            resolver.start();
        }
        Cancellation.Registration registration = cancellation.onRequest(done::set);
        try {
            done.await(deadline.leftNs());
            cancellation.check("connect");
        } finally {
            registration.close();
        }
        if (found.isCompletedExceptionally()) {
            throw cannotConnect(
                    "could not translate host name \"%s\" to address: Name or service not known".formatted(name));
        }
        if (!found.isDone()) {
            throw cannotConnect("could not translate host name \"%s\" to address: timeout expired".formatted(name));
        }
        return found.join();
    }

    private static void resolve(String name, CompletableFuture<List<InetAddress>> found) {
        try {
            found.complete(Arrays.asList(InetAddress.getAllByName(name)));
        } catch (UnknownHostException e) {
            found.completeExceptionally(e);
        }
    }

    /** Returns whether {@code name} is an address already, so that looking it up asks nobody. */
    static boolean isNumeric(String name) {
        return name.indexOf(':') >= 0 || name.matches("[0-9]+(\\.[0-9]+){3}");
    }

    private static ConnectionException cannotConnect(String message) {
        return new ConnectionException(SqlState.CANNOT_CONNECT, Retry.BACKOFF, message, null);
    }
}
