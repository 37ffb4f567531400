// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.libpq;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.walcast.core.error.ConnectionException;
import java.io.FileNotFoundException;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** The one place where failures of Netty, the JDK's TLS and the sockets become ours, in libpq's words. */
final class NetworkErrors {
    private static final Pattern NATIVE = Pattern.compile(".*failed(?: with error\\(-\\d+\\))?: (.*)", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("(.*?): (?:[^ ]*/|/)[^ ]*", Pattern.DOTALL);

    private NetworkErrors() {}

    /** Returns the error for a connection that failed with {@code cause}. */
    static ConnectionException lost(Throwable cause) {
        Throwable root = unwrap(cause);
        if (root instanceof SSLException) {
            return new ConnectionException("SSL error: " + text(root), root);
        }
        return new ConnectionException("could not receive data from server: " + text(root), root);
    }

    /** Returns the operating system's words for {@code cause}, without the address that Netty adds to them. */
    static String text(Throwable cause) {
        if (cause instanceof ConnectTimeoutException) {
            return "timeout expired";
        }
        if (cause instanceof FileNotFoundException) {
            return "No such file or directory";
        }
        String message = cause.getMessage();
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        if (cause instanceof UnknownHostException) {
            return "Name or service not known";
        }
        Matcher fromNative = NATIVE.matcher(message);
        String words = fromNative.matches() ? fromNative.group(1) : message;
        Matcher withAddress = ADDRESS.matcher(words);
        return withAddress.matches() ? withAddress.group(1) : words;
    }

    /** Returns what lies below the wrappers of the TLS handler. */
    static Throwable unwrap(Throwable cause) {
        Throwable below = cause.getCause();
        return cause instanceof DecoderException && below != null ? below : cause;
    }
}
