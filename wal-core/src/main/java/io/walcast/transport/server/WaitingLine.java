// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.server;

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
 *
 * @param <C> a connection, of the transport's own kind
 */
public final class WaitingLine<C> {
    private final Map<InetAddress, ArrayDeque<Waiting<C>>> lines = new LinkedHashMap<>();
    private final int mostFromOneAddress;
    private final int most;
    private int length;

    /** Holds at most {@code most}, and no more than {@code mostFromOneAddress} from one address. */
    public WaitingLine(int mostFromOneAddress, int most) {
        this.mostFromOneAddress = mostFromOneAddress;
        this.most = most;
    }

    /**
     * Somebody in the line.
     *
     * @param <C> a connection, of the transport's own kind
     * @param channel nothing was done about it yet
     * @param acceptedNs when it came
     */
    public record Waiting<C>(C channel, long acceptedNs) {}

    /** Returns whether nobody waits. */
    public boolean isEmpty() {
        return length == 0;
    }

    /** Adds one; returns false if there is no room. */
    public boolean add(InetAddress address, Waiting<C> waiting) {
        ArrayDeque<Waiting<C>> line = lines.computeIfAbsent(address, absent -> new ArrayDeque<>());
        if (length >= most || line.size() >= mostFromOneAddress) {
            removeIfEmpty(address, line);
            return false;
        }
        line.add(waiting);
        length++;
        return true;
    }

    private void removeIfEmpty(InetAddress address, ArrayDeque<Waiting<C>> line) {
        if (line.isEmpty()) {
            lines.remove(address);
        }
    }

    /** Takes out all whom {@code admission} gives a ticket; the first of each address, and from every address in turn. */
    public List<Admitted<C>> admit(Function<InetAddress, Admission.@Nullable Ticket> admission) {
        List<Admitted<C>> admitted = new ArrayList<>();
        int before;
        do {
            before = admitted.size();
            admitOneOfEach(admission, admitted);
        } while (admitted.size() > before);
        return admitted;
    }

    private void admitOneOfEach(
            Function<InetAddress, Admission.@Nullable Ticket> admission, List<Admitted<C>> admitted) {
        Iterator<Map.Entry<InetAddress, ArrayDeque<Waiting<C>>>> each =
                lines.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<InetAddress, ArrayDeque<Waiting<C>>> next = each.next();
            Admission.Ticket ticket = admission.apply(next.getKey());
            if (ticket != null) {
                admitted.add(new Admitted<>(next.getValue().remove(), ticket));
                length--;
                if (next.getValue().isEmpty()) {
                    each.remove();
                }
            }
        }
    }

    /** Takes out those who came before {@code acceptedNs}, or as early. */
    public List<Waiting<C>> removeOlder(long acceptedNs) {
        List<Waiting<C>> older = new ArrayList<>();
        for (ArrayDeque<Waiting<C>> line : lines.values()) {
            while (!line.isEmpty() && line.element().acceptedNs() - acceptedNs <= 0) {
                older.add(line.remove());
                length--;
            }
        }
        lines.values().removeIf(ArrayDeque::isEmpty);
        return older;
    }

    /** Takes out all. */
    public List<Waiting<C>> removeAll() {
        List<Waiting<C>> all = new ArrayList<>();
        lines.values().forEach(all::addAll);
        lines.clear();
        length = 0;
        return all;
    }

    /**
     * Somebody whose turn it is.
     *
     * @param <C> a connection, of the transport's own kind
     * @param waiting who
     * @param ticket how it is counted
     */
    public record Admitted<C>(Waiting<C> waiting, Admission.Ticket ticket) {}
}
