// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioChannelOption;
import java.util.Objects;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Whose process is at the other end of a socket of this machine ({@code requirepeer}). Only the JDK's own sockets tell the
 * user's name; Netty's native ones tell a number.
 */
final class PeerOwner {
    private PeerOwner() {}

    /** Returns whether the connection has to be made with the JDK's sockets so that the owner can be asked for. */
    static boolean needsNio(ConnectSettings settings) {
        return settings.auth().peer() != null && settings.hosts().stream().anyMatch(HostEntry::isSocket);
    }

    /** Returns why the process at the other end is not one of {@code wanted}, or null if it is. */
    static @Nullable String objection(Channel channel, String wanted) {
        UnixDomainPrincipal owner = channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
        if (owner == null) {
            return "requirepeer parameter is not supported on this platform";
        }
        String actual = Objects.requireNonNull(owner.user().getName());
        return actual.equals(wanted)
                ? null
                : "requirepeer specifies \"%s\", but actual peer user name is \"%s\"".formatted(wanted, actual);
    }
}
