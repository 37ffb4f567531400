// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which servers the strict policy lets be spoken to without TLS: those of this machine. */
final class StrictHosts {
    private StrictHosts() {}

    /** Returns the first of {@code hosts} that may be another machine, or null. */
    static @Nullable String firstElsewhere(List<HostEntry> hosts) {
        return hosts.stream()
                .filter(host -> !isHere(host))
                .map(HostEntry::shownHost)
                .findFirst()
                .orElse(null);
    }

    private static boolean isHere(HostEntry host) {
        String address = host.address();
        if (address != null) {
            return isLoopback(address);
        }
        String name = host.shownHost();
        return host.isSocket() || name.equals("localhost") || isLoopback(name);
    }

    /** Asks nobody: a name that only resolves to this machine is not this machine's for sure. */
    private static boolean isLoopback(String address) {
        try {
            return AddressLookup.isNumeric(address)
                    && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
