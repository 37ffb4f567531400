// SPDX-License-Identifier: Apache-2.0
package io.walcast.transport.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.walcast.core.error.ConnectionException;
import io.walcast.core.error.ErrorFields;
import io.walcast.core.error.ProtocolViolationException;
import io.walcast.core.error.Retry;
import io.walcast.core.error.ServerErrorException;
import io.walcast.core.error.SqlState;
import io.walcast.core.error.WalException;
import io.walcast.transport.grpc.wire.ErrorMessages;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** The one place where the ends of calls, and the failures of Netty and TLS behind them, become ours, in libpq's words. */
final class StatusErrors {
    private static final Pattern NATIVE = Pattern.compile(".*failed(?: with error\\(-\\d+\\))?: (.*)", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile("(.*?): (?:[^ ]*/|/)[^ ]*", Pattern.DOTALL);
    private static final int MAX_CAUSES = 20;
    private static final String TOO_LONG = "exceeds maximum size";
    private static final String RESET = "RST_STREAM closed stream";
    private static final String CLOSED = "Network closed for unknown reason";
    private static final String NOT_HTTP2 = "First received frame was not SETTINGS";

    private StatusErrors() {}

    /** Returns the error for a call that ended with {@code status}. */
    static WalException of(Status status, Metadata trailers) {
        Optional<ErrorFields> fields = ErrorMessages.fields(status, trailers);
        if (fields.isPresent()) {
            return new ServerErrorException(fields.get());
        }
        Throwable cause = status.getCause();
        String description = status.getDescription();
        boolean isSaid = description != null && !description.isEmpty();
        String said = isSaid ? firstLine(description) : "status " + status.getCode();
        return switch (status.getCode()) {
            case OK -> new ConnectionException("server closed the connection unexpectedly", null);
            case CANCELLED -> lost(said.startsWith(RESET) ? CLOSED : said, cause);
            case UNAUTHENTICATED -> refused(SqlState.INVALID_AUTHORIZATION, "authentication failed", said);
            case PERMISSION_DENIED -> refused(SqlState.INSUFFICIENT_PRIVILEGE, "permission denied", said);
            case UNIMPLEMENTED ->
                new ConnectionException(
                        SqlState.CANNOT_CONNECT, Retry.SLOW, "server does not offer replication: " + said, cause);
            case RESOURCE_EXHAUSTED ->
                said.contains(TOO_LONG)
                        ? new ProtocolViolationException(SqlState.PROGRAM_LIMIT_EXCEEDED, "message too long: " + said)
                        : new ConnectionException("server has no room: " + said, cause);
            default -> lost(said, cause);
        };
    }

    private static ConnectionException refused(SqlState state, String what, String said) {
        return new ConnectionException(state, Retry.SLOW, what + ": " + said, null);
    }

    private static WalException lost(String said, @Nullable Throwable failure) {
        if (causeOf(failure, ProtocolViolationException.class) instanceof ProtocolViolationException unreadable) {
            return unreadable;
        }
        Throwable tls = causeOf(failure, SSLException.class);
        if (tls instanceof SslHandshakeTimeoutException) {
            return new ConnectionException("timeout expired", tls);
        }
        if (tls instanceof SSLHandshakeException || tls instanceof NotSslRecordException) {
            return new ConnectionException(SqlState.CANNOT_CONNECT, Retry.SLOW, tlsText(tls), tls);
        }
        if (tls != null) {
            return new ConnectionException(tlsText(tls), tls);
        }
        Throwable unknown = causeOf(failure, UnknownHostException.class);
        if (unknown != null) {
            return new ConnectionException(
                    "could not translate host name to address: Name or service not known", unknown);
        }
        Throwable root = root(failure);
        String text = root == null ? said : text(root);
        if (text.contains(NOT_HTTP2)) {
            return new ConnectionException(
                    "server does not speak HTTP/2 here (is it another port, or grpcs://?)", root);
        }
        if (root instanceof ClosedChannelException || text.equals(CLOSED)) {
            return new ConnectionException("server closed the connection unexpectedly", root);
        }
        return new ConnectionException(text, root);
    }

    private static String tlsText(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return "server does not speak TLS here (is it another port, or grpc://?)";
        }
        Throwable root = root(failure);
        if (root instanceof ClosedChannelException) {
            return "SSL error: server closed the connection during the handshake";
        }
        String text = root == null ? "" : text(root);
        boolean isOfCertificate = root instanceof CertificateException
                || root instanceof CertPathValidatorException
                || root instanceof CertPathBuilderException;
        return "SSL error: " + (isOfCertificate ? "certificate verify failed: " + validity(root) : "") + text;
    }

    /** The JDK says only the date of what it means. */
    private static String validity(@Nullable Throwable cause) {
        if (cause instanceof CertificateExpiredException) {
            return "certificate has expired: ";
        }
        return cause instanceof CertificateNotYetValidException ? "certificate is not yet valid: " : "";
    }

    /** Returns the operating system's words for {@code cause}, without the address that Netty adds to them. */
    private static String text(Throwable cause) {
        String message = cause.getMessage();
        if (cause instanceof ConnectTimeoutException) {
            return "timeout expired";
        }
        if (message == null) {
            return cause.getClass().getSimpleName();
        }
        Matcher fromNative = NATIVE.matcher(message);
        String words = fromNative.matches() ? fromNative.group(1) : message;
        Matcher withAddress = ADDRESS.matcher(words);
        return firstLine(withAddress.matches() ? withAddress.group(1) : words);
    }

    /** What gRPC says behind it is about its own parts. */
    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }

    private static @Nullable Throwable causeOf(@Nullable Throwable failure, Class<? extends Throwable> type) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (type.isInstance(cause)) {
                return cause;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static @Nullable Throwable root(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && cause.getCause() != null && i < MAX_CAUSES; i++) {
            cause = cause.getCause();
        }
        return cause;
    }
}
