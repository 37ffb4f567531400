// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.SqlState;
import io.walcast.ipc.Cancellation;
import io.walcast.ipc.Latch;
import io.walcast.transport.client.Deadline;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of a server. The system's resolver cannot be interrupted, so a look-up by name has a thread of its
 * own, which is left behind when waiting for it ends early.
 */
final class AddressLookup {
    private static final Pattern IPV4 =
            Pattern.compile("(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}");

    private final Cancellation cancellation;
    private final Resolver resolver;

    AddressLookup(Cancellation cancellation) {
        this(cancellation, InetAddress::getAllByName);
    }

    AddressLookup(Cancellation cancellation, Resolver resolver) {
        this.cancellation = cancellation;
        this.resolver = resolver;
    }

    /** Knows the addresses of names; may take its time. */
    interface Resolver {
        InetAddress[] addressesOf(String name) throws UnknownHostException;
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
            throw cannotConnect(noAddress(name));
        }
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        Latch done = new Latch();
        found.whenComplete((addresses, error) -> done.set());
        if (isNumeric(name)) {
            resolve(name, found);
        } else {
            Thread thread = new Thread(() -> resolve(name, found), "walcast-libpq-lookup");
            thread.setDaemon(true);
            thread.start();
        }
        Cancellation.Registration registration = cancellation.onRequest(done::set);
        try {
            done.await(deadline.leftNs());
            cancellation.check("connect");
        } finally {
            registration.close();
        }
        if (!found.isDone()) {
            throw cannotConnect("could not translate host name \"%s\" to address: timeout expired".formatted(name));
        }
        try {
            return found.join();
        } catch (CompletionException e) {
            throw cannotConnect(
                    "could not translate host name \"%s\" to address: %s".formatted(name, reason(e.getCause())));
        }
    }

    /** An error of the virtual machine is no matter of this name alone. */
    private static String reason(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof UnknownHostException ? "Name or service not known" : String.valueOf(failure);
    }

    private void resolve(String name, CompletableFuture<List<InetAddress>> found) {
        try {
            found.complete(Arrays.asList(resolver.addressesOf(name)));
        } catch (Throwable e) {
            found.completeExceptionally(e);
        }
    }

    /** Returns whether {@code name} is an address already, so that looking it up asks nobody. */
    static boolean isNumeric(String name) {
        return name.indexOf(':') >= 0 || IPV4.matcher(name).matches();
    }

    /** Returns why {@code text} is none. */
    static String noAddress(String text) {
        return "could not parse network address \"%s\": Name or service not known".formatted(text);
    }

    private static ConnectionException cannotConnect(String message) {
        return new ConnectionException(SqlState.CANNOT_CONNECT, Retry.BACKOFF, message, null);
    }
}
