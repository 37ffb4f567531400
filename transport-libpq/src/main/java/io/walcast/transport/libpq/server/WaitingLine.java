// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq.server;

import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connections that were accepted and have to wait before their handshake may begin: a line for each address. Nothing is read
 * from them and nothing made for them meanwhile.
 *
 * <p>Threading: confined to the acceptor's event loop.
 */
final class WaitingLine {
    private final Map<InetAddress, ArrayDeque<Waiting>> lines = new LinkedHashMap<>();
    private final int mostFromOneAddress;
    private final int most;
    private int length;

    /** Holds at most {@code most}, and no more than {@code mostFromOneAddress} from one address. */
    WaitingLine(int mostFromOneAddress, int most) {
        this.mostFromOneAddress = mostFromOneAddress;
        this.most = most;
    }

    /**
     * Somebody in the line.
     *
     * @param channel not registered with an event loop yet
     * @param acceptedNs when it came
     */
    record Waiting(SocketChannel channel, long acceptedNs) {}

    boolean isEmpty() {
        return length == 0;
    }

    /** Adds one; returns false if there is no room. */
    boolean add(InetAddress address, Waiting waiting) {
        ArrayDeque<Waiting> line = lines.computeIfAbsent(address, absent -> new ArrayDeque<>());
        if (length >= most || line.size() >= mostFromOneAddress) {
            removeIfEmpty(address, line);
            return false;
        }
        line.add(waiting);
        length++;
        return true;
    }

    private void removeIfEmpty(InetAddress address, ArrayDeque<Waiting> line) {
        if (line.isEmpty()) {
            lines.remove(address);
        }
    }

    /** Takes out all whom {@code admission} gives a ticket; the first of each address, and from every address in turn. */
    List<Admitted> admit(Function<InetAddress, Admission.@Nullable Ticket> admission) {
        List<Admitted> admitted = new ArrayList<>();
        int before;
        do {
            before = admitted.size();
            admitOneOfEach(admission, admitted);
        } while (admitted.size() > before);
        return admitted;
    }

    private void admitOneOfEach(Function<InetAddress, Admission.@Nullable Ticket> admission, List<Admitted> admitted) {
        Iterator<Map.Entry<InetAddress, ArrayDeque<Waiting>>> each =
                lines.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<InetAddress, ArrayDeque<Waiting>> next = each.next();
            Admission.Ticket ticket = admission.apply(next.getKey());
            if (ticket != null) {
                admitted.add(new Admitted(next.getValue().remove(), ticket));
                length--;
                if (next.getValue().isEmpty()) {
                    each.remove();
                }
            }
        }
    }

    /** Takes out those who came before {@code acceptedNs}, or as early. */
    List<Waiting> removeOlder(long acceptedNs) {
        List<Waiting> older = new ArrayList<>();
        for (ArrayDeque<Waiting> line : lines.values()) {
            while (!line.isEmpty() && line.element().acceptedNs() - acceptedNs <= 0) {
                older.add(line.remove());
                length--;
            }
        }
        lines.values().removeIf(ArrayDeque::isEmpty);
        return older;
    }

    /** Takes out all. */
    List<Waiting> removeAll() {
        List<Waiting> all = new ArrayList<>();
        lines.values().forEach(all::addAll);
        lines.clear();
        length = 0;
        return all;
    }

    /**
     * Somebody whose turn it is.
     *
     * @param waiting who
     * @param ticket how it is counted
     */
    record Admitted(Waiting waiting, Admission.Ticket ticket) {}
}
