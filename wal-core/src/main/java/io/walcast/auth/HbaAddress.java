// SPDX-License-Identifier: Apache-2.0
package io.walcast.auth;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which addresses a line of {@code pg_hba.conf} is for ({@code IPCompareMethod}). */
@FunctionalInterface
interface HbaAddress {
    /** Every address. */
    HbaAddress ALL = address -> true;

    /** Those of this machine, {@code samehost}. */
    HbaAddress SAME_HOST = address -> ownNetwork(address, true);

    /** Those of the networks this machine is in, {@code samenet}. */
    HbaAddress SAME_NET = address -> ownNetwork(address, false);

    /** IPv4 without zeros in front, which C reads as octal. */
    Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})(?:\\.(?!$)|$)){4}");

    /** All that an IPv6 address may be made of; nothing that fits is ever looked up. */
    Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /** Returns whether {@code address} is one of them. */
    boolean contains(InetAddress address);

    /** Returns those that are equal to {@code network} under {@code mask}, both in network order and as long. */
    static HbaAddress range(byte[] network, byte[] mask) {
        return address -> isWithin(address.getAddress(), network, mask);
    }

    /** Returns the address that {@code text} denotes, 4 or 16 bytes; null if it is not a numeric address. */
    static byte @Nullable [] numeric(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            byte[] address = InetAddress.getByName(text).getAddress();
            return address.length == 4 && text.contains(":") ? mapped(address) : address;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** Returns a mask of {@code length} bytes that begins with {@code bits} ones. */
    static byte[] mask(int length, int bits) {
        byte[] mask = new byte[length];
        for (int i = 0; i < bits; i++) {
            mask[i / 8] |= (byte) (0x80 >> (i % 8));
        }
        return mask;
    }

    /** Java makes an IPv4 address of an IPv6 address that holds one; PostgreSQL does not. */
    private static byte[] mapped(byte[] ipv4) {
        byte[] address = new byte[16];
        address[10] = (byte) 0xFF;
        address[11] = (byte) 0xFF;
        System.arraycopy(ipv4, 0, address, 12, 4);
        return address;
    }

    private static boolean isWithin(byte[] address, byte[] network, byte[] mask) {
        if (address.length != network.length) {
            return false;
        }
        for (int i = 0; i < address.length; i++) {
            if (((address[i] ^ network[i]) & mask[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean ownNetwork(InetAddress peer, boolean wholeAddress) {
        byte[] address = peer.getAddress();
        try {
            for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress own : network.getInterfaceAddresses()) {
                    byte[] ownAddress = own.getAddress().getAddress();
                    int allBits = ownAddress.length * 8;
                    int bits = wholeAddress ? allBits : Math.min(own.getNetworkPrefixLength(), allBits);
                    if (isWithin(address, ownAddress, mask(ownAddress.length, bits))) {
                        return true;
                    }
                }
            }
            return false;
        } catch (SocketException e) {
            return false; // nobody is known to be near: the line does not fit
        }
    }
}
